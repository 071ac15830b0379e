from replication.run import write_table

import numpy as np
import pandas as pd

from replication.show.tables import print_table


def test_a_table_is_written_whole_and_printed_for_readers(tmp_path):
    table = pd.DataFrame({"n_units": [1, 2], "loss": [1 / 3, np.nan], "x": [1.23456e-7, 2.0]})
    path, md, tex = (tmp_path / f"t.{suffix}" for suffix in ("csv", "md", "tex"))
    write_table(table, path)
    pd.testing.assert_frame_equal(pd.read_csv(path), table)
    print_table(path, md, tex)
    assert "|         1 | 0.3333 | 1.235e-07 |" in md.read_text(encoding="utf-8")
    assert r"n\_units & loss & x" in tex.read_text(encoding="utf-8")
    assert r"2 &  & 2 \\" in tex.read_text(encoding="utf-8")
