"""Meanings that change when two words trade places, said in several ways.

A meaning is a kind and its words; `say` puts it into one of many forms. Two forms of one meaning
are a query and a passage that answers it; the same forms of the swapped meaning are what must not
be found. Comparisons, counts, causes and negations are left out on purpose: word_order.jsonl asks
about them too, so that it shows what carries over.
"""
import json
import pathlib
import random
import re

from .wordnet import ANIMAL, ARTIFACT, FOOD, OBJECT, PERSON, PLANT

ADJECTIVES = (
    "purple orange pink brown grey golden silver dark bright wet dry clean dirty broken new ancient "
    "modern heavy light round square tiny huge narrow wide soft hard rusty shiny smooth rough "
    "sharp pale warm sweet bitter strong weak rich poor angry calm tired curious famous lonely "
    "elegant ugly beautiful strange ordinary careful lazy brave shy proud crooked straight "
    "spotted checked plastic leather stone paper glass").split()
# Base, past, participle, third person, with -ing.
VERBS = [line.split() for line in """
watch watched watched watches watching
help helped helped helps helping
push pushed pushed pushes pushing
pull pulled pulled pulls pulling
carry carried carried carries carrying
paint painted painted paints painting
bite bit bitten bites biting
kick kicked kicked kicks kicking
hug hugged hugged hugs hugging
frighten frightened frightened frightens frightening
find found found finds finding
catch caught caught catches catching
call called called calls calling
visit visited visited visits visiting
praise praised praised praises praising
blame blamed blamed blames blaming
warn warned warned warns warning
admire admired admired admires admiring
ignore ignored ignored ignores ignoring
defend defended defended defends defending
betray betrayed betrayed betrays betraying
interrupt interrupted interrupted interrupts interrupting
recognise recognised recognised recognises recognising
greet greeted greeted greets greeting
lead led led leads leading
hide hid hidden hides hiding
film filmed filmed films filming
tease teased teased teases teasing
protect protected protected protects protecting
imitate imitated imitated imitates imitating
describe described described describes describing
trust trusted trusted trusts trusting
""".strip().splitlines()]
# Each relation with its converse.
RELATIONS = [("behind", "in front of"), ("above", "below"), ("on", "under"),
             ("to the left of", "to the right of"), ("over", "beneath"), ("ahead of", "after")]
PLACES = ("Oslo Vienna Madrid Cairo Lima Kyoto Dublin Naples Prague Boston Delhi Hanoi Quebec Nairobi "
          "Berlin Warsaw Lisbon Athens Geneva Seoul").split()
# Base, past, with -ing, noun phrase.
ACTIVITIES = [
    ("read the letter", "read the letter", "reading the letter"),
    ("call the office", "called the office", "calling the office"),
    ("cook dinner", "cooked dinner", "cooking dinner"),
    ("clean the kitchen", "cleaned the kitchen", "cleaning the kitchen"),
    ("water the garden", "watered the garden", "watering the garden"),
    ("paint the wall", "painted the wall", "painting the wall"),
    ("fix the engine", "fixed the engine", "fixing the engine"),
    ("feed the birds", "fed the birds", "feeding the birds"),
    ("close the window", "closed the window", "closing the window"),
    ("write the report", "wrote the report", "writing the report"),
    ("climb the tower", "climbed the tower", "climbing the tower"),
    ("buy a ticket", "bought a ticket", "buying a ticket"),
    ("melt the butter", "melted the butter", "melting the butter"),
    ("cut the onions", "cut the onions", "cutting the onions"),
    ("test the brakes", "tested the brakes", "testing the brakes"),
    ("meet the lawyer", "met the lawyer", "meeting the lawyer"),
    ("sign the contract", "signed the contract", "signing the contract"),
    ("visit the castle", "visited the castle", "visiting the castle"),
    ("ring the bell", "rang the bell", "ringing the bell"),
    ("light the stove", "lit the stove", "lighting the stove"),
]
OPENINGS = ("", "", "", "look , ", "in this scene ", "yesterday ", "suddenly ", "we noticed that ",
            "here you see how ", "the video shows how ", "as everyone knows , ", "then ")
CLOSINGS = ("", "", "", " in the yard", " near the station", " this morning", " again", " at night",
            " in the second part", " before the break", " for a while", " on the way home")


def held_out_words(path=pathlib.Path(__file__).with_name("word_order.jsonl")):
    """The words of the test, which no meaning may use."""
    words = set()
    for line in path.read_text().splitlines():
        item = json.loads(line)
        for text in item["queries"] + item["passages"]:
            words |= set(re.findall(r"[a-z]+", text.lower()))
    return words


class Meanings:
    def __init__(self, wordnet, seed):
        self.random = random.Random(seed)
        held_out = held_out_words()

        def free(words):
            return [word for word in words if word not in held_out]

        def common(*fields):
            return free(word for kind in fields for word, count in wordnet.nouns[kind].items()
                        if count >= 2 and 3 <= len(word) <= 11
                        and wordnet.tagged[word]["v"] <= wordnet.tagged[word]["n"])
        self.beings = common(PERSON, ANIMAL)
        self.things = common(ARTIFACT, FOOD, OBJECT, PLANT, ANIMAL)
        self.adjectives = free(ADJECTIVES)
        self.verbs = [verb for verb in VERBS if not held_out & set(verb)]
        self.places = [place for place in PLACES if place.lower() not in held_out]
        self.activities = ACTIVITIES

    def draw(self):
        """A query, a passage that says the same, and passages that say the swapped."""
        kind = self.random.choice((self.attribute, self.attribute, self.role, self.role, self.place,
                                   self.direction, self.time))
        forms, swapped = kind()
        asked, said = self.random.sample(range(len(forms)), 2)
        other = self.random.randrange(len(forms))
        opening, closing = self.random.choice(OPENINGS), self.random.choice(CLOSINGS)
        query = forms[asked]
        if self.random.random() < 0.5:  # as people type
            query = re.sub(r"\b(the|a|an|is|was) ", "", query)
        return query, opening + forms[said] + closing, [
            opening + swapped[said] + closing, opening + swapped[other] + closing]

    def two(self, words):
        return self.random.sample(words, 2)

    def attribute(self):
        one, other = self.two(self.things)
        this, that = self.two(self.adjectives)
        relation = self.random.choice(
            ("and", "with", "near", "next to", "beside", "but", "behind", "on"))

        def forms(this, that):
            return [
                f"a {this} {one} {relation} a {that} {other}",
                f"the {this} {one} {relation} the {that} {other}",
                f"there is a {this} {one} {relation} a {that} {other}",
                f"the {one} is {this} and the {other} is {that}",
                f"a {one} that is {this} {relation} a {other} that is {that}",
                f"the {other} is {that} , the {one} {this}",
                f"{this} {one} , {that} {other}",
                f"the {one} looked {this} while the {other} seemed {that}",
            ]
        return forms(this, that), forms(that, this)

    def role(self):
        one, other = self.two(self.beings)
        base, past, participle, third, going = self.random.choice(self.verbs)

        def forms(one, other):
            return [
                f"the {one} {past} the {other}",
                f"a {one} {third} a {other}",
                f"a {one} is {going} a {other}",
                f"the {other} was {participle} by the {one}",
                f"the {one} wanted to {base} the {other}",
                f"the {other} got {participle} by a {one}",
                f"the {one} that {past} the {other}",
                f"a {one} {going} a {other}",
                f"a {other} {participle} by a {one}",
            ]
        return forms(one, other), forms(other, one)

    def place(self):
        one, other = self.two(self.things)
        relation, converse = self.random.choice(RELATIONS)
        if self.random.random() < 0.5:
            relation, converse = converse, relation

        def forms(one, other):
            return [
                f"a {one} {relation} a {other}",
                f"the {one} is {relation} the {other}",
                f"the {other} is {converse} the {one}",
                f"there was a {one} {relation} the {other}",
                f"{relation} the {other} you can see a {one}",
                f"someone put the {one} {relation} the {other}",
                f"a {other} {converse} a {one}",
            ]
        return forms(one, other), forms(other, one)

    def direction(self):
        if self.random.random() < 0.5:
            one, other = self.two(self.places)

            def forms(one, other):
                return [
                    f"a journey from {one} to {other}",
                    f"they travelled from {one} to {other}",
                    f"she drove to {other} from {one}",
                    f"the plane took off in {one} and landed in {other}",
                    f"starting in {one} , the ship arrived in {other}",
                    f"the road leads out of {one} into {other}",
                ]
        else:
            one, other = self.two(self.beings)
            thing = self.random.choice(self.things)

            def forms(one, other):
                return [
                    f"the {one} sold the {other} a {thing}",
                    f"the {one} handed a {thing} to the {other}",
                    f"the {other} bought a {thing} from the {one}",
                    f"the {other} received a {thing} from the {one}",
                    f"a {thing} which the {one} passed to the {other}",
                    f"the {other} was offered a {thing} by the {one}",
                ]
        return forms(one, other), forms(other, one)

    def time(self):
        first, second = self.two(self.activities)
        who = self.random.choice(("they", "we", "I", "Maria", "the team", "our guide"))

        def forms(first, second):
            return [
                f"{who} {first[1]} before {second[2]}",
                f"{who} {second[1]} after {first[2]}",
                f"after {first[2]} {who} {second[1]}",
                f"before {second[2]} {who} {first[1]}",
                f"{who} {first[1]} and then {second[1]}",
                f"{first[0]} , then {second[0]}",
                f"{second[2]} came after {first[2]}",
            ]
        return forms(first, second), forms(second, first)
