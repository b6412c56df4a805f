"""Everything there is to measure."""

from bench import desk, engine, feel, http, jobs

engine.main()
feel.main()
http.main()
jobs.main()
desk.main()
