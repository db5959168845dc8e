
// The page: one question after another, then the answer. It writes text, never markup, and keeps nothing.

const box = document.getElementById("triage");
let answers = {};
let asked = [];

function element(name, properties = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function button(text, act) {
  return element("button", { type: "button", textContent: text, onclick: act });
}

function option(type, value, text) {
  return element("label", { className: "option" }, [element("input", { type, name: "answer", value }), text]);
}

function controls(fact) {
  if (fact.type === "boolean") return [option("radio", "true", WORDS.yes), option("radio", "false", WORDS.no)];
  if (fact.type === "choice") return fact.choices.map((choice) => option("radio", choice.name, choice.text));
  if (fact.type === "set") return fact.choices.map((choice) => option("checkbox", choice.name, choice.text));
  const number = fact.type === "integer" || fact.type === "number";
  const input = element("input", { name: "answer", type: fact.type === "date" ? "date" : "text", autocomplete: "off" });
  if (number) input.inputMode = "decimal";
  input.setAttribute("aria-label", fact.ask);
  return [input, element("span", { className: "unit", textContent: fact.unit })];
}

/** What was answered; undefined where nothing was. An empty set is an answer: none of these. */
function answerOf(fact, form) {
  const inputs = [...form.elements].filter((entry) => entry.name === "answer");
  if (fact.type === "set") return inputs.filter((entry) => entry.checked).map((entry) => entry.value);
  if (fact.type === "boolean" || fact.type === "choice") {
    const chosen = inputs.find((entry) => entry.checked);
    if (chosen === undefined) return undefined;
    return fact.type === "boolean" ? chosen.value === "true" : chosen.value;
  }
  const text = inputs[0].value.trim();
  if (text === "") return undefined;
  return fact.type === "integer" || fact.type === "number" ? text.replace(",", ".") : text;
}

function next(name, value) {
  const before = { ...answers };
  if (value !== undefined) answers[name] = value;
  try {
    decide(DECISION, answers);
  } catch (error) {
    if (!(error instanceof FactError)) throw error;
    answers = before;
    return error.message;
  }
  asked.push(name);
  show();
  return "";
}

function back() {
  delete answers[asked.pop()];
  show();
}

function again() {
  answers = {};
  asked = [];
  show();
}

function moves() {
  return asked.length ? [button(WORDS.back, back), button(WORDS.again, again)] : [];
}

function question(fact) {
  const mistake = element("p", { className: "error", role: "alert" });
  const form = element("form", { className: "panel question", autocomplete: "off" }, [
    element("fieldset", {}, [
      element("legend", { textContent: fact.ask }),
      element("p", { className: "hint", textContent: fact.because }),
      element("div", { className: "options" }, [
        ...controls(fact),
      ]),
    ]),
    mistake,
    element("div", { className: "options" }, [
      element("button", { type: "submit", textContent: WORDS.next }),
      button(WORDS.not_known, () => next(fact.name, undefined)),
      ...moves(),
    ]),
  ]);
  form.onsubmit = (event) => {
    event.preventDefault();
    const value = answerOf(fact, form);
    mistake.textContent = value === undefined ? WORDS.choose : next(fact.name, value);
  };
  return form;
}

function worded(output, value) {
  const choice = output.choices.find((entry) => entry.name === value);
  if (choice) return choice.text;
  if (typeof value === "boolean") return value ? WORDS.yes : WORDS.no;
  return [value, output.unit].filter((part) => part !== "" && part !== null).join(" ");
}

function answer(outcome) {
  const { outputs, rules } = describe(DECISION);
  const decided = outcome.status === "decided" && outcome.possible.length;
  const given = decided ? outcome.possible[0] : outcome.safest;
  const lines = outputs.filter((output) => given && output.name in given && typeof given[output.name] !== "object");
  const reasons = rules.filter((rule) => outcome.fired.includes(rule.id) && rule.because).map((rule) => rule.because);
  const notes = [];
  if (!lines.length) notes.push(WORDS.no_answer);
  else if (!decided) notes.push(WORDS.safest);
  return element("section", { className: "panel", id: "answer" }, [
    ...lines.map((output, index) =>
      element("p", { className: index ? "" : "headline", textContent: worded(output, given[output.name]) }),
    ),
    ...notes.map((textContent) => element("p", { textContent })),
    ...(reasons.length
      ? [
          element("h2", { textContent: WORDS.why }),
          element("ul", {}, [...new Set(reasons)].map((textContent) => element("li", { textContent }))),
        ]
      : []),
    element("div", { className: "options" }, moves()),
  ]);
}

function show() {
  const outcome = decide(DECISION, answers);
  const name = outcome.needs.find((need) => !asked.includes(need));
  box.replaceChildren(name === undefined ? answer(outcome) : question(facts.find((fact) => fact.name === name)));
  const first = box.querySelector("input");
  if (first !== null && asked.length) first.focus();
}

show();
