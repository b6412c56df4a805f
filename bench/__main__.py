"""Everything there is to measure, and its ratios in one table; with `--keep`, written down as the former ones."""

import sys

from bench import desk, engine, feel, http, jobs, page, public, ratios, tracking

engine.main()
feel.main()
http.main()
page.main()
jobs.main()
desk.main()
public.main()
tracking.main()
ratios.print_all(keep="--keep" in sys.argv[1:])
