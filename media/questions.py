"""Questions about the demo: what is asked, and which moments answer it; none for those nothing answers.

Thresholds are fitted on TUNING alone; GOLDEN is what is measured, and was written before any was fitted.
"""

from __future__ import annotations

from clips import RECORDING_NAME
from golden import Moment

Question = tuple[str, str, tuple[Moment, ...]]


def said(question: str, path: str, number: int) -> Question:
    return question, "said", (Moment(path, number, spoken=True),)


def seen(question: str, path: str, number: int) -> Question:
    return question, "seen", (Moment(path, number),)


def far(question: str) -> Question:
    """Of something the demo never comes near."""
    return question, "far", ()


def near(question: str) -> Question:
    """Of something the demo speaks of without saying this."""
    return question, "near", ()


GOLDEN = (
    said("How should I prepare the apples?", "apple-cake.mkv", 0),
    said("How do I know that the cake is done?", "apple-cake.mkv", 2),
    said("Why is spruce used for guitars?", "guitar-interview.mkv", 0),
    said("How many days does a new string need?", "guitar-interview.mkv", 1),
    said("How did ships find their way at night long ago?", "lighthouses.webm", 0),
    said("Who cleaned the lens of the lighthouse?", "lighthouses.webm", 1),
    said("Are there still keepers in lighthouses?", "lighthouses.webm", 2),
    said("What should I do when I hear the fire alarm?", "safety-training.webm", 0),
    said("After how many hours do drivers have to rest?", "safety-training.webm", 1),
    said("May I leave a candle burning alone?", "safety-training.webm", 2),
    said("What share of a rocket's weight is fuel?", "space-lesson.mp4", 1),
    said("How long does a trip to the moon take?", "space-lesson.mp4", 2),
    said("What is the weather in the capital this afternoon?", "weather-report.mp4", 0),
    said("How cold will the nights be for hikers?", "weather-report.mp4", 2),
    said("What has become more expensive since spring?", "budget-talk.mp4", 1),
    said("What should be switched off at night?", "budget-talk.mp4", 2),
    said("What can I plant to attract bees?", RECORDING_NAME, 2),
    said("When is the best time of day to water tomatoes?", RECORDING_NAME, 1),
    seen("Where can I see penguins?", "winter-animals.mp4", 1),
    seen("Is there a video with a green tractor?", "farm-morning.mp4", 0),
    far("Who painted the Mona Lisa?"),
    far("How do volcanoes erupt?"),
    far("What is the best treatment for a headache?"),
    far("What is the speed of light?"),
    far("Which programming language should I learn first?"),
    far("How do I train a puppy?"),
    near("How many calories does the apple cake have?"),
    near("Who was the first man on the moon?"),
    near("What does a night in the hotel cost?"),
    near("How long do sheep live?"),
)

TUNING = (
    said("What did sailors steer by in ancient times?", "lighthouses.webm", 0),
    said("What did the keeper do every evening?", "lighthouses.webm", 1),
    said("Who switches the lights on today?", "lighthouses.webm", 2),
    said("What must I never use when there is a fire?", "safety-training.webm", 0),
    said("How much distance must drivers keep?", "safety-training.webm", 1),
    said("Is it safe to leave an open flame alone at home?", "safety-training.webm", 2),
    said("Which flowers do bees like?", RECORDING_NAME, 2),
    said("Where should I water tomato plants?", RECORDING_NAME, 1),
    said("How hot will it get in the south?", "weather-report.mp4", 1),
    said("When will the storm arrive?", "weather-report.mp4", 0),
    said("What should hikers pack?", "weather-report.mp4", 2),
    said("How long should I bake the cake?", "apple-cake.mkv", 2),
    said("What temperature should the oven have?", "apple-cake.mkv", 1),
    said("What wood is the top of the guitar made of?", "guitar-interview.mkv", 0),
    said("What has to be done with new guitar strings?", "guitar-interview.mkv", 1),
    said("How much fuel does the rocket carry?", "space-lesson.mp4", 1),
    said("How many days does it take to fly to the moon?", "space-lesson.mp4", 2),
    said("How can we save electricity?", "budget-talk.mp4", 2),
    said("What happened to the price of flights?", "budget-talk.mp4", 1),
    said("Who made a new friend?", "travel-diary.mp4", 2),
    said("How was the water when they swam?", "travel-diary.mp4", 1),
    seen("Which video shows two yellow birds above a lake?", "travel-diary.mp4", 1),
    seen("Where can I see a dog in the snow?", "winter-animals.mp4", 0),
    seen("Is there a red car on a beach?", "travel-diary.mp4", 0),
    far("Who won the football world cup?"),
    far("What is the capital of Australia?"),
    far("How do I change a bicycle tyre?"),
    far("Which wine goes with fish?"),
    far("How do I reset my password?"),
    far("When was the printing press invented?"),
    far("What is the population of Tokyo?"),
    far("Who wrote Hamlet?"),
    near("How much does the guitar cost?"),
    near("What is the name of the nephew?"),
    near("When was the lighthouse of Alexandria built?"),
    near("How tall is the lighthouse?"),
    near("What is the chemical formula of sugar?"),
    near("Which rocket brought people to Mars?"),
    near("How fast can a horse run?"),
    near("How do I grow potatoes?"),
)
