// The unmodified camunda-external-task-client-js: one worker that does what its topic's variable `do` says.
import { Client, Variables, BasicAuthInterceptor } from "camunda-external-task-client-js";

const [baseUrl, workerId, topic, lockDuration, ...more] = process.argv.slice(2);
const interceptors = new BasicAuthInterceptor({ username: "worker", password: "Komek-demo-2012" });
const client = new Client({
  baseUrl, workerId, interceptors, interval: 50, asyncResponseTimeout: 20000, lockDuration: Number(lockDuration),
});
const say = (what, about) => console.log(JSON.stringify({ what, ...about }));
client.on("poll:error", (error) => say("poll:error", { message: String(error) }));
for (const event of ["complete", "handleFailure", "handleBpmnError", "extendLock", "unlock"]) {
  client.on(`${event}:success`, (task) => say(event, { task: task.id }));
  client.on(`${event}:error`, (task, error) => say(`${event}:error`, { task: task.id, message: String(error) }));
}

client.subscribe(topic, async ({ task, taskService }) => {
  const how = more[0] ?? "complete";
  say("fetched", { task: task.id, retries: task.retries, variables: task.variables.getAll() });
  if (how === "hang") return;
  if (how === "fail") {
    const retries = task.retries === null ? 1 : task.retries - 1;
    await taskService.handleFailure(task, { errorMessage: "It is cold.", errorDetails: "in full", retries, retryTimeout: 100 });
  } else if (how === "error") {
    const told = new Variables();
    told.set("why", "cold");
    await taskService.handleBpmnError(task, "BROKEN", "cold", told);
  } else {
    if (how === "extend") await taskService.extendLock(task, 60000);
    const given = new Variables();
    given.setAll({ heated: true, area: 42, rate: 1.5, name: "Үлгі", big: 2 ** 40, none: null, list: { a: [1, "б"] } });
    given.set("seen", new Date("2026-11-23T08:51:32.945Z"));
    await taskService.complete(task, given);
  }
});
