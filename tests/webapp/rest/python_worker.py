"""The unmodified camunda-external-task-client-python3: one worker. As a program: base, id, topic, lock, what to do."""

import json
import sys
import time

from camunda.external_task.external_task import ExternalTask, TaskResult
from camunda.external_task.external_task_worker import ExternalTaskWorker


def say(what: str, **about: object) -> None:
    sys.stdout.write(json.dumps({"what": what, **about}) + "\n")
    sys.stdout.flush()


def main(base: str, worker_id: str, topic: str, lock_ms: str, how: str = "complete") -> None:
    def do(task: ExternalTask) -> TaskResult:
        say("fetched", task=task.get_task_id(), variables=task.get_variables(),
            properties=task.get_extension_properties())  # fmt: skip
        if how == "hang":
            time.sleep(600)
        if how == "fail":
            return task.failure("It is cold.", "in full", max_retries=1, retry_timeout=100)
        if how == "error":
            return task.bpmn_error("BROKEN", "cold", {"why": "cold"})
        return task.complete({"heated": True, "area": 42, "rate": 1.5, "name": "Үлгі", "none": None})

    config = {
        "auth_basic": {"username": "worker", "password": "Komek-demo-2012"},
        "lockDuration": int(lock_ms), "asyncResponseTimeout": 20000, "sleepSeconds": 1,
    }  # fmt: skip
    ExternalTaskWorker(worker_id, base, config).subscribe([topic], do)


if __name__ == "__main__":
    main(*sys.argv[1:])
