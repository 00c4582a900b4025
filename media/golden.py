"""The golden queries: what is asked, and which moments answer it."""

from __future__ import annotations

from dataclasses import dataclass

from clips import PICTURE_NAME, RECORDING_NAME


@dataclass(frozen=True)
class Moment:
    """A shot of a clip, or a sentence of a recording; `spoken` narrows a shot to its sentences."""

    path: str
    number: int  # of the shot, or of the sentence of a recording, from 0
    spoken: bool = False


def seen(query: str, *moments: Moment) -> tuple[str, str, tuple[Moment, ...]]:
    return query, "seen", moments


def said(query: str, path: str, number: int) -> tuple[str, str, tuple[Moment, ...]]:
    return query, "said", (Moment(path, number, spoken=True),)


def both(query: str, path: str, number: int) -> tuple[str, str, tuple[Moment, ...]]:
    return query, "both", (Moment(path, number),)


QUERIES = (
    seen("red car in front of a beach", Moment("travel-diary.mp4", 0)),
    seen("two yellow birds above a lake", Moment("travel-diary.mp4", 1)),
    seen("kid with a balloon in the park", Moment("travel-diary.mp4", 2)),
    seen("blue boat at night", Moment("lighthouses.webm", 0)),
    seen("a dog in the snow", Moment("winter-animals.mp4", 0)),
    seen("three penguins in front of mountains", Moment("winter-animals.mp4", 1)),
    seen("bar chart slide", Moment("budget-talk.mp4", 1)),
    seen("a green tractor in a field", Moment("farm-morning.mp4", 0)),
    seen("a tent at night", Moment("weather-report.mp4", 2)),
    seen("birthday cake and a present", Moment(PICTURE_NAME, 0)),
    said("spending plan for the coming year", "budget-talk.mp4", 0),
    said("how to use less power", "budget-talk.mp4", 2),
    said("preheating the oven", "apple-cake.mkv", 1),
    said("how long does it have to bake", "apple-cake.mkv", 2),
    said("when the fire alarm rings", "safety-training.webm", 0),
    said("dangers of candles at home", "safety-training.webm", 2),
    said("how ships found their way in ancient times", "lighthouses.webm", 0),
    said("watering tomatoes", RECORDING_NAME, 1),
    said("plants that attract insects", RECORDING_NAME, 2),
    said("how long is the trip to the moon", "space-lesson.mp4", 2),
    both("umbrella on a city street, storm warning", "weather-report.mp4", 0),
    both("cactus and record temperatures", "weather-report.mp4", 1),
    both("chart of the price of flights and hotels", "budget-talk.mp4", 1),
    both("peeling red apples in the kitchen", "apple-cake.mkv", 0),
    both("white truck, keep your distance", "safety-training.webm", 1),
    both("lighthouse at sunset and the work of its keeper", "lighthouses.webm", 1),
    both("boats in the rain, automatic lights without a keeper", "lighthouses.webm", 2),
    both("rocket at night and how much fuel it needs", "space-lesson.mp4", 1),
    both("woman with a guitar talks about wood", "guitar-interview.mkv", 0),
    both("tuning the strings of a blue guitar", "guitar-interview.mkv", 1),
)
