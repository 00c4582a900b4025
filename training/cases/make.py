#!/usr/bin/env python3
"""Invents decided cases in CAIL2018's format, for demonstrations, tests and measurements.

    make.py demo OUT.jsonl                    the small corpus in cases/demo.jsonl
    make.py hard TRAIN.jsonl TEST.jsonl       35 charges with a long tail, many of them confusable
    make.py bulk OUT.jsonl --cases 100000     as hard, as many as asked for, about 400 characters
    make.py retrieval FOLDER                  BEIR's layout with 30 candidates a query (LeCaRD's shape)

Nobody and nothing in the cases is real: names are a family name with 某, places are made up. The
same seed gives the same bytes. No text is taken from anywhere.
"""
import argparse
import json
import math
import pathlib
import random

from charges import CHARGES, DEMO

FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
GIVEN = ["", "甲", "乙", "丙", "一", "二", "强", "华", "军", "明", "平", "刚", "伟", "芳", "丽", "英"]
COUNTY = ["青石", "云溪", "白塔", "东渡", "南泉", "柳河", "金桥", "双槐", "临川", "石门口", "北屏", "长岭", "清水", "望江", "龙潭", "安和"]
PLACE = ["{c}县{t}镇{v}村", "{c}市{t}区{v}路", "{c}市{t}街道{v}小区", "{c}县{t}镇农贸市场", "{c}市{t}区{v}大厦", "{c}市火车站附近", "{c}县{t}镇{v}路口", "{c}市{t}区一出租屋内", "{c}市{t}区{v}宾馆"]
TOWN = ["新华", "建设", "红星", "和平", "大兴", "永丰", "太平", "城关", "河西", "东风"]
VILLAGE = ["上湾", "下湾", "石桥", "梨园", "前进", "中山", "解放", "幸福", "光明", "大桥"]


def name(random):
    return random.choice(FAMILY) + "某" + (random.choice(GIVEN) if random.random() < 0.5 else "")


def place(random):
    return random.choice(PLACE).format(
        c=random.choice(COUNTY), t=random.choice(TOWN), v=random.choice(VILLAGE))


def money(random, low, high):
    """A sum between the two, evenly over orders of magnitude, and one of its spellings."""
    value = math.exp(random.uniform(math.log(low), math.log(high)))
    digits = max(1, 10 ** (int(math.log10(value)) - random.choice([1, 1, 2])))
    value = int(round(value / digits) * digits)
    spelled = [f"{value}元", f"人民币{value}元", f"共计{value}元"]
    if value >= 10000 and value % 100 == 0:
        spelled += [f"{value / 10000:g}万元"] * 3 + [f"人民币{value / 10000:g}万余元"]
    if value >= 1000:
        spelled.append(f"{value:,}元")
    return value, random.choice(spelled)


INJURY = [("轻微伤", 0), ("轻伤二级", 9), ("轻伤一级", 15), ("重伤二级", 44), ("重伤一级", 66)]
WEAPON = ["水果刀", "菜刀", "木棍", "钢管", "啤酒瓶", "砖头", "铁锹", "匕首", "拳脚", "板凳"]
GOODS = ["手机一部", "电动车一辆", "现金若干", "笔记本电脑一台", "金项链一条", "摩托车一辆", "电缆线一捆", "香烟十余条", "钱包一个", "自行车两辆"]
DRUG = ["甲基苯丙胺", "海洛因", "冰毒", "氯胺酮", "麻古"]
VEHICLE = ["小型轿车", "普通二轮摩托车", "重型货车", "面包车", "三轮汽车", "小型越野客车"]


class Writer:
    """Writes the fact of one case from the sentences of its charge."""

    def __init__(self, random, charge, noise):
        self.random, self.charge, self.noise = random, CHARGES[charge], noise
        self.values = {}
        self.names = random.sample([name(random) for _ in range(12)], 6)
        self.money = 0
        self.months = self.charge["months"]
        self.injury = 0

    def fill(self, sentence):
        out, rest = "", sentence
        while "{" in rest:
            head, rest = rest.split("{", 1)
            key, rest = rest.split("}", 1)
            out += head + self.value(key)
        return out + rest

    def value(self, key):
        random = self.random
        if key in self.values:
            return self.values[key]
        if key in "ABCDEF":
            text = self.names["ABCDEF".index(key)]
        elif key == "place":
            return place(random)
        elif key == "date":
            return f"{random.randint(2009, 2017)}年{random.randint(1, 12)}月{random.randint(1, 28)}日"
        elif key == "time":
            return random.choice(["凌晨", "上午", "中午", "下午", "晚上", "夜间"]) + f"{random.randint(1, 12)}时许"
        elif key == "money":
            value, text = money(random, *self.charge.get("money", (800, 60000)))
            self.money = max(self.money, value)
            return text
        elif key == "injury":
            text, extra = random.choices(INJURY, [2, 8, 3, 3, 1])[0]
            self.injury = max(self.injury, extra)
        elif key == "weapon":
            text = random.choice(WEAPON)
        elif key == "goods":
            return random.choice(GOODS)
        elif key == "drug":
            text = random.choice(DRUG)
        elif key == "gram":
            grams = round(math.exp(random.uniform(-1, 4.5)), 1)
            self.money = max(self.money, grams * 200)
            return f"{grams}克"
        elif key == "vehicle":
            text = random.choice(VEHICLE)
        elif key == "alcohol":
            level = random.randint(81, 290)
            self.months = 1 + level / 90
            return f"{level}.{random.randint(0, 9)}mg/100ml"
        elif key == "count":
            return str(random.randint(2, 60))
        else:
            raise KeyError(key)
        self.values[key] = text
        return text


OPENING = ["{date}{time}，", "经审理查明，{date}{time}，", "公诉机关指控：{date}{time}，", "{date}，", "经审理查明：{date}{time}，被告人{A}在{place}，后", "{date}至同年底，"]
PARTNER = ["被告人{A}伙同{B}", "被告人{A}与{B}、{C}", "被告人{A}", "被告人{A}", "被告人{A}", "被告人{A}（已判刑）等人"]
FILLER = [
    "案发后，公安机关依法对现场进行了勘验并提取了相关物证。", "上述事实，有证人证言、书证、鉴定意见等证据证实。",
    "另查明，被告人{A}系{place}人，初中文化，务农。", "被告人{A}对指控的犯罪事实无异议。",
    "公诉机关认为，应当以相应罪名追究其刑事责任。", "案发当日，证人{D}途经{place}时看见了经过。",
    "被告人{A}的辩护人提出，被告人系初犯、偶犯，请求从轻处罚。", "经鉴定，有关物品及文书真实有效，已随案移送。",
    "后民警接到报警赶到现场，将有关人员带回派出所调查。", "双方此前因琐事素有矛盾，曾多次发生口角。",
    "事发时{place}附近有监控录像，已由公安机关调取。", "被告人{A}辩称其当时饮酒过多，对部分细节记不清楚。",
]
OUTCOME = {
    "surrender": (["案发后，被告人{A}主动投案，如实供述了自己的罪行，系自首。", "被告人{A}在亲属陪同下到公安机关自首。", "{date}，被告人{A}自动投案。"], 0.25, 0.75),
    "confess": (["被告人{A}归案后如实供述了上述事实。", "被告人{A}到案后供认不讳。", "被告人{A}具有坦白情节。"], 0.4, 0.92),
    "recidivist": (["被告人{A}曾因犯罪被判处有期徒刑，刑满释放后五年内再犯，系累犯。", "被告人{A}系累犯，应当从重处罚。"], 0.12, 1.35),
    "record": (["被告人{A}曾因违法行为被行政拘留。", "被告人{A}有前科劣迹。"], 0.1, 1.08),
    "compensation": (["案发后，被告人{A}的家属赔偿被害人经济损失{paid}。", "被告人{A}已退赔被害人全部损失。"], 0.25, 0.85),
    "forgiveness": (["被害人对被告人{A}的行为表示谅解。", "被告人{A}取得了被害人的谅解。"], 0.18, 0.85),
    "accessory": (["在共同犯罪中，被告人{A}起次要作用，系从犯。", "被告人{A}系从犯。"], 0.08, 0.65),
    "attempt": (["因意志以外的原因未得逞，系犯罪未遂。", "被告人{A}的行为系未遂。"], 0.06, 0.55),
}


# From this noise on, acts are told in part.
BLURRED = 0.4


def blurred(random, act, own):
    """The act with clauses left out, or told in the words of a neighbour's act."""
    kept = []
    for clause in act.rstrip("。").split("，"):
        draw = random.random()
        if draw < 0.3:
            continue
        if draw < 0.42 and own["near"]:
            neighbour = CHARGES[random.choice(own["near"])]["acts"]
            clause = random.choice(random.choice(neighbour).rstrip("。").split("，"))
        kept.append(clause)
    return "，".join(kept or [act.rstrip("。").split("，")[-1]]) + "。"


def case(random, charge, noise, length, scenario=None):
    """One line of CAIL2018, and what it is about: (scenario, outcome's elements)."""
    writer = Writer(random, charge, noise)
    own = CHARGES[charge]
    if scenario is None:
        scenario = random.randrange(len(own["acts"]))
    act = own["acts"][scenario]
    if noise >= BLURRED:
        act = blurred(random, act, own)
    parts = [random.choice(OPENING), random.choice(PARTNER), act]
    parts += random.sample(own["details"], min(len(own["details"]), random.randint(0, 2)))
    # What happens around it is told in words that other charges use too.
    for neighbour in own["near"]:
        if random.random() < noise:
            parts.append(random.choice(CHARGES[neighbour]["details"]))
    # The court's few words that name the conduct are often missing.
    if random.random() > 0.35 + noise:
        parts.append(random.choice(own["marks"]))
    # The defence names another charge's conduct.
    if own["near"] and random.random() < noise / 4:
        parts.append("辩护人认为" + random.choice(CHARGES[random.choice(own["near"])]["marks"]))
    elements = set()
    factor = 1.0
    for key, (sentences, share, weight) in OUTCOME.items():
        if random.random() < share:
            elements.add(key)
            factor *= weight
            text = random.choice(sentences)
            if "{paid}" in text:
                text = text.replace("{paid}", money(random, 2000, 90000)[1])
            parts.append(text)
    fillers = FILLER[:]
    random.shuffle(fillers)
    text = "".join(writer.fill(part) for part in parts)
    while len(text) < length * random.uniform(0.6, 1.1) and fillers:
        extra = writer.fill(fillers.pop())
        text = text + extra if random.random() < 0.8 else extra + text
    while len(text) < length * 0.8:
        text += writer.fill(random.choice(own["details"] + FILLER))
    base = writer.months + writer.injury
    if writer.money:
        base *= 0.6 + 0.35 * math.log10(1 + writer.money / own.get("money", (800, 60000))[0])
    months = max(1, round(base * factor * random.uniform(0.85, 1.15)))
    life = death = False
    if own.get("grave") and months > 150:
        draw = random.random()
        life, death = draw < 0.3, draw > 0.92
    if own.get("fine"):
        fine = int(round(own["fine"] * (0.5 + writer.money / 20000) / 1000) * 1000)
    else:
        fine = 0
    charges = [charge]
    return {
        "fact": text,
        "meta": {
            "relevant_articles": [own["article"]], "accusation": charges, "punish_of_money": fine,
            "criminals": [writer.names[0]],
            "term_of_imprisonment": {
                "death_penalty": death, "imprisonment": 0 if life or death else min(months, 300),
                "life_imprisonment": life},
        },
    }, (scenario, frozenset(elements))


def second(random, line, noise):
    """Adds another offence of the same people: a case with two charges."""
    first = line["meta"]["accusation"][0]
    other = random.choice([charge for charge in CHARGES if charge != first])
    more, _ = case(random, other, noise, 120)
    line["fact"] += "另查明，" + more["fact"]
    line["meta"]["accusation"].append(other)
    line["meta"]["relevant_articles"].append(CHARGES[other]["article"])
    line["meta"]["punish_of_money"] += more["meta"]["punish_of_money"]
    term, added = line["meta"]["term_of_imprisonment"], more["meta"]["term_of_imprisonment"]
    if not term["life_imprisonment"] and not term["death_penalty"]:
        term["imprisonment"] = min(300, term["imprisonment"] + added["imprisonment"] * 2 // 3)


def unique(lines):
    seen = set()
    return [line for line in lines if line["fact"] not in seen and not seen.add(line["fact"])]


def write(path, lines):
    with open(path, "w", encoding="utf-8") as out:
        for line in lines:
            out.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")


def long_tail(random, count):
    """Charges of `count` cases: the commonest has hundreds of times the cases of the rarest."""
    names = list(CHARGES)
    weights = [1 / (rank + 1) ** 1.05 for rank in range(len(names))]
    return random.choices(names, weights, k=count)


def bulk(seed, count, noise, length):
    rng = random.Random(seed)
    lines = []
    for charge in long_tail(rng, count):
        line, _ = case(rng, charge, noise, length)
        # Clerks err, and courts see the same act differently: near charges swap now and then.
        near = CHARGES[charge]["near"]
        if near and rng.random() < 0.03:
            swapped = rng.choice(near)
            line["meta"]["accusation"] = [swapped]
        lines.append(line)
    return unique(lines)


def retrieval(folder, seed, queries):
    """Queries with 30 candidates each, judged 0…3 by what they share with the query."""
    rng = random.Random(seed)
    folder = pathlib.Path(folder)
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    corpus, asked, judged, run = [], [], [], []
    names = list(CHARGES)
    for number in range(queries):
        charge = rng.choice(names)
        line, (scenario, elements) = case(rng, charge, 0.35, 300)
        query = f"q{number}"
        asked.append({"_id": query, "text": line["fact"]})
        near = CHARGES[charge]["near"] or names
        candidates = []
        for place_ in range(30):
            draw = rng.random()
            other = charge if draw < 0.45 else rng.choice(near) if draw < 0.8 else rng.choice(names)
            alike = other == charge and rng.random() < 0.4
            text, (its_scenario, its_elements) = case(
                rng, other, 0.35, 300, scenario if alike else None)
            grade = 0
            if other == charge:
                union = elements | its_elements
                shared = len(elements & its_elements) / len(union) if union else 1
                grade = 1 + (its_scenario == scenario) + (its_scenario == scenario and shared >= 0.5)
            identifier = f"d{number}-{place_}"
            corpus.append({"_id": identifier, "title": "", "text": text["fact"]})
            candidates.append((identifier, grade))
        rng.shuffle(candidates)
        judged += [f"{query}\t{identifier}\t{grade}" for identifier, grade in candidates]
        run += [
            f"{query} Q0 {identifier} {rank + 1} {30 - rank} candidates"
            for rank, (identifier, _) in enumerate(candidates)]
    write(folder / "corpus.jsonl", corpus)
    write(folder / "queries.jsonl", asked)
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "\n".join(judged) + "\n")
    (folder / "candidates.run").write_text("\n".join(run) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["demo", "hard", "bulk", "retrieval"])
    parser.add_argument("out", nargs="+")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cases", type=int)
    parser.add_argument("--noise", type=float, default=0.5, help="share of borrowed sentences")
    parser.add_argument("--length", type=int, default=400, help="characters a fact, about")
    options = parser.parse_args()
    if options.what == "demo":
        rng = random.Random(options.seed)
        lines = []
        for index in range(options.cases or 480):
            line, _ = case(rng, DEMO[index % len(DEMO)], 0.15, 150)
            if rng.random() < 0.04:
                second(rng, line, 0.15)
            lines.append(line)
        write(options.out[0], unique(lines))
    elif options.what == "hard":
        lines = bulk(options.seed, options.cases or 4414, options.noise, 300)
        cut = len(lines) * 881 // 4414
        test, train = lines[:cut], lines[cut:]
        known = {line["meta"]["accusation"][0] for line in train}
        write(options.out[0], train)
        write(options.out[1], [line for line in test if line["meta"]["accusation"][0] in known])
    elif options.what == "bulk":
        write(options.out[0], bulk(options.seed, options.cases or 100_000, options.noise, options.length))
    else:
        retrieval(options.out[0], options.seed, options.cases or 100)


if __name__ == "__main__":
    main()
