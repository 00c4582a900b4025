"""Words and phrases that captions are made of; the first of a list is the commonest."""

NUMBERS = {1: ["a", "a", "one", "a single"], 2: ["two", "a pair of", "2"], 3: ["three", "3"], 4: ["four", "4"],
           5: ["five", "5"], 6: ["six", "6"]}
SIZE_WORDS = {"small": ["small", "little", "tiny"], "medium": [""], "large": ["big", "large", "huge"]}
RELATIONS = {
    "left": ["to the left of", "left of", "on the left of"],
    "right": ["to the right of", "right of", "on the right of"],
    "above": ["above", "over", "on top of"],
    "below": ["below", "under", "beneath", "underneath"],
}
TOGETHER = ["and", "with", "next to", "beside", "near", "by"]
TIME_PHRASES = {
    "day": ["in daylight", "by day", "during the day", "in the daytime"],
    "sunset": ["at sunset", "at dusk", "in the evening", "as the sun goes down", "at sundown"],
    "night": ["at night", "by night", "in the dark", "after dark", "at night-time"],
}
CLEAR_DAY = ["on a sunny day", "in the sunshine", "under a blue sky", "in daylight", "by day", "on a clear day"]
CLEAR_NIGHT = ["under the moon", "by moonlight", "at night", "in the dark", "under the stars", "by night"]
WEATHER_PHRASES = {
    "rain": ["in the rain", "while it rains", "in rainy weather", "as rain falls"],
    "snow": ["in the snow", "while it snows", "in snowy weather", "as snow falls"],
}
CLOTHES = {  # people are not red themselves
    "man": ["in {}", "in a {} shirt", "wearing {}", "dressed in {}"],
    "woman": ["in {}", "in a {} dress", "wearing {}", "dressed in {}"],
    "child": ["in {}", "in a {} shirt", "wearing {}", "dressed in {}"],
}
PREFIXES = ["a picture of", "a photo of", "a video of", "an image of", "a drawing of", "a scene with", "there is",
            "footage of", "we see", "showing"]
CHART_PHRASES = ["a chart", "a diagram", "a slide with a chart", "a graph of data"]
SLIDE_PHRASES = ["a slide", "a presentation slide", "a slide of a talk", "slides"]
