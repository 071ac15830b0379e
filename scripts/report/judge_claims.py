"""Turn a claims ledger and the tables of a run into verdicts."""

from replication.run import InputError, Published, atomic, run

import json
from pathlib import Path

import pandas as pd

from replication.claims.ledger import (
    decided_in_words,
    interval_in_words,
    load_ledger,
    published_in_words,
)
from replication.claims.verdicts import counted, counts_in_words, judge
from replication.show.page import fill


def judge_claims(
    ledger: Path,
    published: Path,
    tables: list[Path],
    tier: str,
    template: Path,
    csv: Path,
    markdown: Path,
    html: Path,
    judged: Path,
) -> None:
    """Write the verdicts on all claims of a paper as CSV, Markdown and HTML, and what was judged.

    Parameters
    ----------
    ledger
        The paper's claims, config/<key>/claims.yaml.
    published
        Its published numbers, config/<key>/published.yaml.
    tables
        The CSV tables that the claims are measured on.
    tier
        Name of the tier, which every verdict carries.
    template
        The body of the HTML page, in Jinja.
    csv, markdown, html
        The verdicts: in full, in brief, and as a page.
    judged
        The claims as they were judged, each with what was published in words.
    """
    claims = load_ledger(ledger)
    numbers = Published(published)
    frames = {path.stem: pd.read_csv(path) for path in tables}
    rows = []
    for claim in claims:
        try:
            verdict = judge(claim, frames, tier)
        except InputError as error:
            raise InputError(f"{ledger}: {error}") from None
        value, source = published_in_words(claim, numbers)
        claim["published"] = {"value": value, "source": source}
        rows.append(
            {
                "tier": tier,
                "claim": claim["id"],
                "place": claim["place"],
                "kind": claim["kind"],
                "statement": " ".join(claim["statement"].split()),
                "published": value,
                "source": source,
                "table": claim["measure"]["table"] if "measure" in claim else "",
                "rows": verdict.rows,
                "measured": verdict.measured,
                "low": verdict.low,
                "high": verdict.high,
                "criterion": decided_in_words(claim, verdict.by),
                "tiers": " ".join(claim.get("tiers", [])),
                "changed": claim.get("changed", ""),
                "verdict": verdict.verdict,
            }
        )
    verdicts = pd.DataFrame(rows)
    verdicts_in_words = verdicts.assign(
        interval=[interval_in_words(row["measured"], row["low"], row["high"]) for row in rows]
    )

    with atomic(csv) as temporary:
        verdicts.to_csv(temporary, index=False)
    with atomic(judged) as temporary:
        content = {"paper": ledger.parent.name, "claims": claims}
        temporary.write_text(
            json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    with atomic(markdown) as temporary:
        columns = ["claim", "place", "published", "interval", "criterion", "verdict"]
        brief = verdicts_in_words[columns].rename(columns={"interval": "measured"})
        temporary.write_text(
            brief.to_markdown(index=False, disable_numparse=True) + "\n", encoding="utf-8"
        )
    with atomic(html) as temporary:
        title = f"Claims of {ledger.parent.name}, {tier} tier"
        rows_in_words = verdicts_in_words.to_dict("records")
        temporary.write_text(
            fill(template, title, counts=counted(verdicts), rows=rows_in_words), encoding="utf-8"
        )
    print(counts_in_words(verdicts))


if __name__ == "__main__":
    run(judge_claims)
