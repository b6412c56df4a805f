"""How gunicorn serves Komek wherever it is started in this folder; its options at the console go before."""

import gc

worker_class = "services.patient.PatientWorker"  # a slow client costs a socket, no thread
threads = 10


def post_worker_init(worker: object) -> None:
    """What was loaded stays as long as the process: nobody looks through it for rubbish at every other click."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
