"""Medians, spreads and ratios of what run.py has measured, for its printout and for the page."""
import statistics

# Further figures of a row: title, and how each is written.
FURTHER = {"median_ms": ("median ms", "{:.2f}"), "p99_ms": ("p99 ms", "{:.2f}"), "cpu_ms": ("processor ms", "{:.2f}"), "kb": ("KB", "{:,.0f}"),
           "client_share": ("client, cores", "{:.2f}")}


def rate(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def ratio(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def spread_of(values, shape):
    return f"{shape(min(values))} to {shape(max(values))}"


def ratios(result, case, way, figure="per_second"):
    """Ours by this way's, round by round: a round that one of both has missed does not count."""
    ours = result["measured"].get(result["ours"], {}).get(case, {})
    theirs = result["measured"][way].get(case, {})
    return [ours[number][figure] / theirs[number][figure] for number in sorted(theirs, key=int)
            if number in ours and theirs[number].get(figure) and ours[number].get(figure)]


def table(result):
    """Rows of texts, the first of which has the titles."""
    measured = result["measured"]
    further = [name for name in FURTHER if any(name in figures for way in measured.values() for rounds in way.values() for figures in rounds.values())]
    titles = [title for name in further for title in [FURTHER[name][0], *(["of ours, times"] if name == "cpu_ms" else [])]]
    rows = [["", result["unit"] + " a second", "spread", f"ratio of {result['ours']}", "spread", *titles]]
    for case in result["cases"]:
        for way in measured:
            rounds = list(measured[way].get(case, {}).values())
            if not rounds:
                continue
            rates = [figures["per_second"] for figures in rounds]
            compared = ratios(result, case, way) if way != result["ours"] else []
            row = [f"{case}: {way}", rate(statistics.median(rates)), spread_of(rates, rate)]
            row += [ratio(statistics.median(compared)), spread_of(compared, ratio)] if compared else ["", ""]
            for name in further:
                values = [figures[name] for figures in rounds if name in figures]
                row.append(FURTHER[name][1].format(statistics.median(values)) if values else "")
                if name == "cpu_ms":
                    # Of processor time less is better: theirs by ours says how many times cheaper ours is.
                    cheaper = [1 / value for value in ratios(result, case, way, name)] if way != result["ours"] else []
                    row.append(ratio(statistics.median(cheaper)) if cheaper else "")
            rows.append(row)
    return rows


def conditions(result):
    """The sentences under a table: how it was measured, and who is missing."""
    machine = result["machine"]
    sentences = [f"{result['rounds']} rounds of {result['each']} each, {result['date']}, {machine['cores']} cores of {machine['processor']}, "
                 f"load average {result['load_before']:.1f} before and {result['load_after']:.1f} after."]
    if result["versions"]:
        sentences.append("Versions: " + "; ".join(f"{name}: {version}" for name, version in result["versions"].items()) + ".")
    sentences += [f"Missing: {name}: {reason}." for name, reason in result["missing"].items()]
    return sentences
