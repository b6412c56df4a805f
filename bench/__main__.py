"""Everything there is to measure."""

from bench import desk, engine, http

engine.main()
http.main()
desk.main()
