// What is said of the operation, the refusal or the hold that is selected.

function holderWords(timeline, mention) {
  const holder = timeline.holders[mention.holder];
  const who = holder.kind === 2 && holder.index !== undefined ? `agent ${holder.index}` : holder.name;
  return { who, program: holder.program, pid: holder.pid, share: holder.share };
}

function heldBy(timeline, call) {
  const list = element("dl", {});
  const handles = new Map();  // by holder: one line each, however many handles
  for (const mention of call.holders) handles.set(mention.holder, (handles.get(mention.holder) || 0) + 1);
  for (const mention of call.holders) {
    const count = handles.get(mention.holder);
    if (count === 0) continue;
    handles.set(mention.holder, 0);
    const { who, program, pid, share } = holderWords(timeline, mention);
    list.append(element("dt", {}, "Held by ", element("strong", { class: "who" }, who), count > 1 ? `, ${count} handles` : "", program ? `, ${program}` : "", pid ? `, pid ${pid}` : ""));
    const said = [];
    if (mention.access) said.push(`opened it ${mention.access}`);
    if (share) said.push(`shares ${share}`);
    if (mention.during) said.push(`was in ${mention.during} since ${moment(mention.since)}, ${duration(call.at - mention.since)} before`);
    else if (mention.since !== null) said.push(`since ${moment(mention.since)}, ${duration(call.at - mention.since)} before`);
    else said.push("when it was opened is not on record");
    if (mention.until !== null) said.push(`let go at ${moment(mention.until)}, ${duration(mention.until - call.answered)} after the answer`);
    list.append(element("dd", {}, said.join("; ")));
  }
  return list;
}

function callWords(call) {
  return `${call.name} ${call.path}${call.destination ? ` → ${call.destination}` : ""}`;
}

function operationStory(timeline, codes, { operation, call }) {
  const parts = [element("h3", {}, operation.name === "broadcast" ? `Broadcast ${operationTitle(operation)} of agent ${operation.agent}` : `A read of agent ${operation.agent}`)];
  const took = operation.complete === null ? "was never answered" : `took ${duration(operation.complete - operation.invoke)}`;
  parts.push(element("p", {}, element("strong", {}, outcomeWords[operation.outcome]), `; ${took}`,
    operation.lacking ? `. ${operation.lacking === 1 ? "The final read of one recipient lacks" : `The final reads of ${operation.lacking} recipients lack`} it.` : ""));
  if (call) {
    parts.push(element("p", {}, `Refused with WinError ${codes[call.code] || call.code} at ${moment(call.at)}${call.observed ? ", though let through" : ""}.`));
    parts.push(heldBy(timeline, call));
  }
  const list = element("ol", {});
  const step = (at, words, kind, more) => list.append(element("li", { class: kind }, element("span", { class: "at" }, moment(at)), ` ${words}`, more));
  if (operation.intended < operation.invoke) step(operation.intended, `was due; ${duration(operation.invoke - operation.intended)} late`, "");
  step(operation.invoke, "began", "");
  let refused = null;
  for (const one of operation.calls) {
    if (refused && one.attempt) list.append(element("li", { class: "wait" }, `waited ${duration(one.at - refused.answered)}`));
    if (one.attempt) refused = one.code !== 0 && !one.observed ? one : null;
    const outcome = one.code !== 0 ? `: WinError ${codes[one.code] || one.code}` : one.errno ? `: errno ${one.errno}` : ": done";
    step(one.at, callWords(one) + outcome, one.code !== 0 ? "refused" : "", one.code !== 0 && one !== call ? heldBy(timeline, one) : null);
  }
  if (operation.complete !== null) {
    step(operation.complete, `${outcomeWords[operation.outcome]}${operation.error ? `: ${operation.error}` : ""}`, "");
  } else {
    list.append(element("li", {}, "no answer is on record"));
  }
  for (const kill of timeline.kills) {
    if (kill.agent === operation.agent && kill.at >= operation.invoke && (operation.complete === null || kill.at <= operation.complete)) {
      step(kill.at, `the agent was killed by plan, before ${kill.call} ${kill.path}`, "refused");
      break;
    }
  }
  parts.push(element("h4", {}, "Step by step"), list);
  return parts;
}

function holdStory(timeline, { hold }) {
  const { who, program, pid, share } = holderWords(timeline, { holder: hold.holder });
  const refused = timeline.refusals.filter(({ call }) => call.holders.some((mention) => mention.holder === hold.holder && mention.since === hold.from));
  const list = element("ul", {});
  for (const { operation, call } of refused.slice(0, 50)) list.append(element("li", {}, `${operationTitle(operation)}: ${callWords(call)} at ${moment(call.at)}`));
  return [
    element("h3", {}, `A hold of ${who}`),
    element("p", {}, element("strong", { class: "who" }, who), program ? `, ${program}` : "", pid ? `, pid ${pid}` : "", share ? `, shares ${share}` : ""),
    element("p", {}, `${hold.path || "a file"} from ${moment(hold.from)} ${hold.until === null ? "on; its release is not on record" : `to ${moment(hold.until)}: ${duration(hold.until - hold.from)}`}, planned ${duration(hold.planned)}.`),
    element("p", {}, refused.length ? "It blocked:" : "It blocked no call that is drawn."),
    list,
  ];
}

function tellStory(panel, timeline, codes, selected) {
  panel.replaceChildren(...(!selected
    ? [element("h3", {}, "Nothing selected"), element("p", {}, "Click a diamond, which is a refused call, or a bar, which is an operation or a hold. Or press f for the first failure, r for the first refusal.")]
    : selected.hold ? holdStory(timeline, selected) : operationStory(timeline, codes, selected)));
  for (const row of document.querySelectorAll("tr.chosen")) row.classList.remove("chosen");
  if (selected && selected.operation) {
    for (const link of document.querySelectorAll(`a.op[data-op="${selected.operation.index}"]`)) link.closest("tr").classList.add("chosen");
  }
}
