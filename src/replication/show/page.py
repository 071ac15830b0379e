"""Pages that need no other file, run no script and ask nothing of the network."""

from pathlib import Path

import jinja2

SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{{ title }}</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; color: #1c1c1c }
  body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
  h1, h2, h3 { line-height: 1.25; margin: 1.6em 0 .5em }
  p, li { max-width: 52rem }
  table { border-collapse: collapse; margin: 1rem 0 }
  th, td { text-align: left; vertical-align: top; padding: .4rem .6rem }
  th, td { border-bottom: 1px solid #ddd }
  th { font-weight: 600 }
  td[style*="right"] + td[style*="right"] { white-space: nowrap }
  .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
  .path { overflow-wrap: anywhere }
  .good { color: #12703f; font-weight: 600 } .bad { color: #a51d2d; font-weight: 600 }
  .unsure { color: #8a5a00; font-weight: 600 } .aside, small { color: #666 }
  code { font-size: .87em }
  pre { background: #f4f4f4; padding: .6rem .8rem; overflow-x: auto }
  svg, img { max-width: 100%; height: auto }
  details { margin: .4rem 0 }
</style>
</head>
<body>
{{ body | safe }}
</body>
</html>
"""
ENGINE = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)


def page(title: str, body: str) -> str:
    """Return a page in HTML.

    Parameters
    ----------
    title : str
        Plain text.
    body : str
        HTML, which is not escaped.
    """
    return ENGINE.from_string(SHELL).render(title=title, body=body)


def fill(template: Path, title: str, **values: object) -> str:
    """Return a page whose body is a template of Jinja with its values, which are escaped.

    Raises
    ------
    jinja2.UndefinedError
        If the template names something that is not among the values.
    """
    return page(
        title,
        ENGINE.from_string(template.read_text(encoding="utf-8")).render(title=title, **values),
    )
