"use strict";
// The run as the page holds it (reports/page/timeline_json.cc writes it), made into objects. Times are microseconds
// after the barrier.

function embedded(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
}

function decodedCall(row, invoke, { functions, texts }) {
  const [fn, code, errno, observed, attempt, after, took, path, destination, holders] = row;
  const at = invoke + after;
  return {
    name: functions[fn], code, errno, observed: observed === 1, attempt: attempt === 1,
    at, answered: at + took, path: texts[path], destination: texts[destination],
    holders: (holders || []).map(([holder, access, since, until, during]) => ({ holder, access, since, until, during })),
  };
}

function decodedTimeline(data) {
  const columns = data.operations;
  const outcomes = ["ok", "failed", "unknown"];
  const operations = columns.agent.map((agent, index) => {
    const invoke = columns.invoke[index];
    const calls = columns.calls[index].map((row) => decodedCall(row, invoke, data));
    const acknowledged = outcomes[columns.outcome[index]];
    return {
      index, agent, number: columns.number[index], name: data.functions[columns.function[index]],
      outcome: acknowledged === "ok" && columns.lacking[index] > 0 ? "lost" : acknowledged,
      lacking: columns.lacking[index], code: columns.code[index], error: data.texts[columns.error[index]],
      invoke, intended: invoke - columns.late[index],
      complete: columns.took[index] === null ? null : invoke + columns.took[index],
      calls, refused: calls.some((call) => call.code !== 0),
    };
  });
  const holds = data.holds.map(([holder, from, until, planned, path]) => ({ holder, from, until, planned, path: data.texts[path] }));
  const kills = data.kills.map(([agent, at, call, path]) => ({ agent, at, call: data.texts[call], path: data.texts[path] }));
  // Every refusal that is drawn, in the order of time.
  const refusals = [];
  for (const operation of operations) {
    for (const call of operation.calls) if (call.code !== 0) refusals.push({ operation, call });
  }
  refusals.sort((a, b) => a.call.at - b.call.at);
  return { ...data, operations, holds, kills, refusals };
}

function operationTitle(operation) {
  return operation.name === "broadcast" ? `${operation.agent}-${operation.number}` : `a read of agent ${operation.agent}`;
}

// "1.204 s", "12.3 ms", "40 µs"
function duration(us) {
  const size = Math.abs(us);
  if (size >= 1e6) return `${(us / 1e6).toFixed(size < 1e7 ? 3 : 1)} s`;
  if (size >= 1e3) return `${(us / 1e3).toFixed(size < 1e5 ? 1 : 0)} ms`;
  return `${Math.round(us)} µs`;
}

function moment(us) {
  return `${(us / 1e6).toFixed(6)} s`;
}

// An element with text and children; text is never markup.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function inkOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
