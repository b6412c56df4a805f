"""Everything there is to measure."""

from bench import engine, http

engine.main()
http.main()
