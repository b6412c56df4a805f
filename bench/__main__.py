"""Everything there is to measure."""

from bench import desk, engine, http, jobs

engine.main()
http.main()
jobs.main()
desk.main()
