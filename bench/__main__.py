"""Everything there is to measure, and its ratios in one table; with `--keep`, written down as the former ones.

`PEER=viewflow` installs Viewflow, plays the same case in it and puts it beside Komek; `PEER_URL` names one that runs.
"""

import sys

from bench import desk, engine, feel, http, jobs, page, public, ratios, tracking, viewflow

engine.main()
feel.main()
http.main(viewflow.beside)
page.main()
jobs.main()
desk.main()
public.main()
tracking.main()
ratios.print_all(keep="--keep" in sys.argv[1:])
