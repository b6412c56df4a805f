// Evaluates expressions with @bpmn-io/feelin: [[text, data], …] in, [value or null, …] out; for `bench`, how many a second.
import { evaluate } from "@bpmn-io/feelin";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { cases, seconds } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const said = (value) => (value && typeof value === "object" && !Array.isArray(value) && value.constructor !== Object ? String(value) : value);
const run = (text, data) => {
  try {
    const found = evaluate(text, data);
    return said(found && typeof found === "object" && "value" in found ? found.value : found) ?? null;
  } catch {
    return "refused";
  }
};
if (seconds) {
  const rates = cases.map(([text, data]) => {
    run(text, data);
    const begun = performance.now();
    let count = 0;
    while (performance.now() - begun < seconds * 1000) { run(text, data); count += 1; }
    return count / ((performance.now() - begun) / 1000);
  });
  console.log(JSON.stringify(rates));
} else {
  console.log(JSON.stringify(cases.map(([text, data]) => run(text, data))));
}
