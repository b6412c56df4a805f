"""Everything there is to measure."""

from bench import engine, http, jobs

engine.main()
http.main()
jobs.main()
