/* Comfort on top of pages that work without it: "/" goes to the search field, a scanner's Enter goes
 * to the next field, lines are added without a round trip, a question before what is hard to undo. */
"use strict";

const isTyping = (element) =>
	element instanceof HTMLElement &&
	(element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName));

document.addEventListener("keydown", (event) => {
	if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
		return;
	const field = document.querySelector('[data-key="/"]');
	if (!field)
		return;
	event.preventDefault();
	field.focus();
	field.select();
});

document.addEventListener("submit", (event) => {
	const question = event.target.dataset.confirm;
	if (question && !window.confirm(question)) {
		event.preventDefault();
		return;
	}
	/* A second click while the first is under way. The server would apply it once all the same. */
	if (event.target.method === "post") {
		if (event.target.dataset.sent) {
			event.preventDefault();
			return;
		}
		event.target.dataset.sent = "1";
	}
});

/* Back to a page from the browser's memory: its forms may be sent again. */
window.addEventListener("pageshow", () => {
	for (const form of document.querySelectorAll("form[data-sent]"))
		delete form.dataset.sent;
});

/* ---- the posting form ---- */

const fieldsOf = (form) => [...form.querySelectorAll("[data-line] input")];

const addLine = (form) => {
	const list = form.querySelector("[data-lines]");
	const last = list.lastElementChild;
	const line = last.cloneNode(true);
	const from = list.children.length - 1;
	const to = from + 1;

	for (const element of line.querySelectorAll(".wrong-text"))
		element.remove();
	for (const element of line.querySelectorAll(".wrong"))
		element.classList.remove("wrong");
	for (const label of line.querySelectorAll("label"))
		label.htmlFor = label.htmlFor.replace(`f-lines-${from}-`, `f-lines-${to}-`);
	for (const input of line.querySelectorAll("input")) {
		input.id = input.id.replace(`f-lines-${from}-`, `f-lines-${to}-`);
		input.name = input.name.replace(`lines.${from}.`, `lines.${to}.`);
		input.value = "";
		input.removeAttribute("autofocus");
		input.removeAttribute("aria-invalid");
		input.removeAttribute("aria-describedby");
	}
	list.append(line);
	return line;
};

/* Enter goes on to the next empty field of the lines; after the last one it goes to a new line. Enter in
 * the first, still empty field of a line means that there are no more: it goes to the button. */
const next = (form, input) => {
	const fields = fieldsOf(form);
	const at = fields.indexOf(input);
	const line = input.closest("[data-line]");
	const isFirst = line.querySelector("input") === input;

	if (isFirst && !input.value && at > 0)
		return form.querySelector("button.primary");
	const empty = fields.slice(at + 1).find((field) => !field.value && field.closest("[data-line]") === line);
	if (empty)
		return empty;
	const following = line.nextElementSibling || addLine(form);
	return following.querySelector("input");
};

for (const form of document.querySelectorAll("form[data-scan]")) {
	form.addEventListener("keydown", (event) => {
		if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT")
			return;
		event.preventDefault();
		if (event.target.closest("[data-line]"))
			next(form, event.target).focus();
		else /* the browser would take the form's first button, which is "More lines" */
			form.requestSubmit(form.querySelector("button.primary"));
	});
	form.querySelector("[data-add]").addEventListener("click", (event) => {
		event.preventDefault();
		addLine(form).querySelector("input").focus();
	});
}

/* A scan takes the place of the one before. */
for (const field of document.querySelectorAll("input[data-select]")) {
	field.focus();
	field.select();
}

/* Errors are read first; else the field that the page is about. */
const summary = document.getElementById("errors");
if (summary)
	summary.focus();
else
	document.querySelector("[data-focus]")?.focus();
