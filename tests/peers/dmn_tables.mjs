// Reads a DMN document with dmn-moddle, writes it back, and evaluates its tables with feelin.
// In: {dmn, patients: [{fact: value}]} as JSON. Out: {again, answers: [{decision: value}]}, a value null without one.
import fs from "fs";
import { pathToFileURL } from "url";

const load = async (name) => import(pathToFileURL(process.argv[2] + "/node_modules/" + name));
const { evaluate, unaryTest } = await load("feelin/dist/index.js");
const moddle = await load("dmn-moddle/dist/index.js");
const Moddle = moddle.DmnModdle || moddle.default;

const { dmn, patients } = JSON.parse(fs.readFileSync(0, "utf8"));
const reader = new Moddle();
const { rootElement, warnings } = await reader.fromXML(dmn, "dmn:Definitions");
if (warnings.length) throw new Error(warnings.map((warning) => warning.message).join("\n"));
const { xml } = await reader.toXML(rootElement, { format: true });

const valueOf = (result) => (result && typeof result === "object" && "value" in result ? result.value : result);
const known = new Map();
function memo(key, make) {
  if (!known.has(key)) known.set(key, make());
  return known.get(key);
}
const read = (text) => memo("value " + text, () => valueOf(evaluate(text, {})));

function answer(table, facts) {
  const inputs = (table.input || []).map((input) => valueOf(evaluate(input.inputExpression.text, facts)) ?? null);
  const holds = (text, value) =>
    text === "-" || memo(text + "\u0000" + JSON.stringify(value) + String(value), () => valueOf(unaryTest(text, { "?": value }))) === true;
  const rows = (table.rule || []).filter((rule) => (rule.inputEntry || []).every((entry, index) => holds(entry.text, inputs[index])));
  const values = [...new Set(rows.map((rule) => rule.outputEntry[0].text))];
  if (table.hitPolicy === "PRIORITY") {
    const order = table.output[0].outputValues.text.split(", ");
    values.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  } else if (values.length > 1) return null;
  return values.length ? read(values[0]) : null;
}

const decisions = rootElement.drgElement.filter((element) => element.decisionLogic);
const dates = new Set(
  rootElement.drgElement.filter((element) => element.variable && element.variable.typeRef === "date").map((element) => element.name),
);
const answers = patients.map((given) => {
  const facts = Object.fromEntries(
    rootElement.drgElement.filter((element) => element.$type === "dmn:InputData").map(({ name }) => [name, given[name] ?? null]),
  );
  for (const name of dates) if (typeof facts[name] === "string") facts[name] = read('date("' + facts[name] + '")');
  return Object.fromEntries(
    decisions.map((decision) => [
      decision.id,
      answer(decision.decisionLogic, facts),
    ]),
  );
});
process.stdout.write(JSON.stringify({ again: xml, answers }));
