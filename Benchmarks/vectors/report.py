"""Writes what race.py found: report.md, and a recall-speed curve (SVG) a set."""

import math

COLOURS = {"faiss": "#c33", "reel": "#06c"}
WIDTH, HEIGHT = 620, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 580, 40, 340
LEAST = 0.5  # recall at the left edge


def write(found, folder):
    lines = [
        "# Vector search beside FAISS: the last run", "",
        f"`race.py` on {found['processor']}, {found['threads']} thread(s) each; FAISS {found['faiss']} "
        f"({found['options']}), OpenBLAS core type: {found['core_type']}. Ratios above 1 are in "
        "reel's favour; what else ran slows both, and FAISS's threads, which wait for each other, "
        f"more. Load when the run began: {found['load']:.1f}.", "",
    ]
    for run in found["runs"]:
        lines += section(run)
        if run["seed"] == found["runs"][0]["seed"]:
            name = f"{run['set']}.svg"
            (folder / name).write_text(curve(run["lists"]["curve"], run["set"]))
            lines += [f"![recall and speed]({name})", ""]
    (folder / "report.md").write_text("\n".join(lines).rstrip() + "\n")


def section(run):
    flat, lists = run["flat"], run["lists"]
    lines = [
        f"## {run['set']}, seed {run['seed']}", "",
        "| work | reel | FAISS | ratio |", "|---|---|---|---|",
        row("flat, one query (ms)", flat["reel_single_ms"], flat["faiss_single_ms"], less=True),
        row("flat, batch (queries/s)", flat["reel_batch_qps"], flat["faiss_batch_qps"]),
    ]
    for found in lists["rows"]:
        for kind in ["batch", "single"]:
            lines.append(row(
                f"lists, recall {found['target']:.2f}, {kind} (queries/s)", found[kind]["reel"],
                found[kind]["faiss"]))
    for factory, seconds in lists["faiss_builds"].items():
        lines.append(row(f"build beside {factory} (s)", lists["reel_build"], seconds, less=True))
    for factory, size in lists["faiss_bytes_per_vector"].items():
        lines.append(row(
            f"bytes a vector beside {factory}", lists["reel_bytes_per_vector"], size, less=True))
    added = lists["added"]
    given = {p["asked"]: p["recall"] for p in lists["curve"]["reel"]}
    asked = ", ".join(f"{given[r['target']]:.3f} for {r['target']:.2f}" for r in lists["rows"])
    return lines + [
        "", f"Flat results equal FAISS's exact ones: recall {flat['reel_recall']:.4f}. Asked for a "
        f"recall, lists find {asked}. Open and first flat query {flat['reel_open_and_first_ms']:.0f} "
        f"ms; peak memory {megabytes(flat['reel_peak_mb'])} searching flat, "
        f"{megabytes(lists['reel_peak_mb'])} building lists, mapped pages included. Adding 10 000: {added['seconds']:.2f} s, recall "
        f"{added['recall_grown']:.3f} beside {added['recall_rebuilt']:.3f} of a rebuild. FAISS reads "
        f"our IwPQ file and finds {lists['exchange']:.1%} of the same neighbours on the codes "
        "alone.", ""]


def megabytes(value):
    return "not known" if value is None else f"{value:.0f} MB"


def row(work, own, peer, less=False):
    ratio = (peer / own if less else own / peer) if own and peer else 0
    shown = f"{ratio:.2f}" if ratio >= 1 else f"**{ratio:.2f}**"
    return f"| {work} | {number(own)} | {number(peer)} | {shown} |"


def number(value):
    return f"{value:,.0f}".replace(",", "\u00a0") if value >= 100 else f"{value:.3g}"


def curve(curves, title):
    """Recall to the right, batched queries a second upwards, each power of ten a line."""
    frontiers = {}
    for name, points in curves.items():
        pairs = sorted((p["recall"], p["batch"]) for p in points if p["recall"] >= LEAST)
        frontiers[name] = [
            p for p in pairs if not any(o[0] >= p[0] and o[1] > p[1] for o in pairs)]
    speeds = [math.log10(speed) for points in frontiers.values() for _, speed in points]
    low, high = math.floor(min(speeds)), math.ceil(max(speeds))

    def place(share, speed):
        across = (share - LEAST) / (1 - LEAST)
        up = (math.log10(speed) - low) / max(1, high - low)
        return LEFT + (RIGHT - LEFT) * across, BOTTOM - (BOTTOM - TOP) * up

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="24" font-size="15">{title}</text>',
    ]
    for power in range(low, high + 1):
        y = place(LEAST, 10**power)[1]
        parts.append(f'<path d="M{LEFT} {y:.0f}H{RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{10**power:,}</text>')
    for tenth in range(round(10 * LEAST), 11):
        x = place(tenth / 10, 10**low)[0]
        parts.append(f'<text x="{x:.0f}" y="{BOTTOM + 20}" text-anchor="middle">{tenth / 10}</text>')
    parts.append(
        f'<text x="{(LEFT + RIGHT) // 2}" y="{BOTTOM + 45}" text-anchor="middle">recall@10; '
        "upwards queries a second, batched</text>")
    for number_, (name, points) in enumerate(frontiers.items()):
        shown = [place(*p) for p in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in shown)
        colour = COLOURS[name]
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in shown]
        parts.append(f'<text x="{RIGHT - 60}" y="{24 + 16 * number_}" fill="{colour}">{name}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"
