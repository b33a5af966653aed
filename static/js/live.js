/* Pages that follow the ledger. A page says what it shows and as of which number of the feed (main's data-live-query
 * and data-live-after); the stream of events brings what comes after. Balances are set from the event itself; lists
 * and sums (data-live) are taken from the page's own address, loaded anew. What holds the focus, typed text or a
 * selection waits until it does not. */
"use strict";

(() => {
	const main = document.querySelector("main[data-live-query]");
	if (!main || !window.EventSource)
		return;

	const query = main.dataset.liveQuery;
	const types = new URLSearchParams(query).get("type").split(",");
	const paceMs = Number(main.dataset.livePace) || 1000; /* between two loads of the page */
	const jitterMs = 400;
	const hiddenMs = 3000; /* out of sight for so long, the stream is closed */
	const steadyMs = 10000; /* open for so long, it counts as well */
	const retryMs = { first: 500, most: 60000 };
	const newsMs = 5000; /* between two sentences for screen readers */
	const gapMs = 5000; /* a gap in the stream that is told to screen readers */
	const markMs = 2500;

	const state = document.getElementById("live");
	const news = document.getElementById("live-news");
	let last = main.dataset.liveAfter;

	/* ---- what the page says of itself ---- */

	const words = { live: "Live", wait: "Reconnecting", off: "Not live any more." };

	const say = (text) => {
		news.textContent = text;
	};

	/* A short gap is not worth a sentence. */
	let gapTimer = 0;
	let gapSaid = false;

	const sayState = (now) => {
		window.clearTimeout(gapTimer);
		if (now === "off")
			say("This page does not follow any more.");
		else if (now === "live" && gapSaid)
			say("Live again.");
		gapSaid = false;
		if (now === "wait")
			gapTimer = window.setTimeout(() => {
				gapSaid = true;
				say("Reconnecting.");
			}, gapMs);
	};

	const show = (now) => {
		if (state.dataset.state === now)
			return;
		state.dataset.state = now;
		sayState(now);
		state.hidden = false;
		state.textContent = words[now];
		if (now === "off") {
			const link = document.createElement("a");
			link.href = window.location.href;
			link.textContent = "Reload";
			state.append(" ", link);
		}
	};

	let newsAt = 0;
	let newsTimer = 0;
	let changed = [];

	const tell = () => {
		newsTimer = 0;
		newsAt = Date.now();
		say(changed.length === 1 ? changed[0] : `${changed.length} quantities have changed.`);
		changed = [];
	};

	const note = (text) => {
		changed.push(text);
		if (!newsTimer)
			newsTimer = window.setTimeout(tell, Math.max(300, newsAt + newsMs - Date.now()));
	};

	const mark = (element) => {
		element.classList.add("changed");
		window.setTimeout(() => element.classList.remove("changed"), markMs);
	};

	/* ---- balances ---- */

	const setBalance = (data) => {
		const name = `${data.item_id}/${data.location_id}`;

		for (const cell of main.querySelectorAll(`[data-balance="${name}"]`)) {
			if (data.version <= Number(cell.dataset.version))
				continue;
			cell.dataset.version = data.version;
			if (cell.textContent === data.on_hand)
				continue;
			cell.textContent = data.on_hand;
			mark(cell);
			note(`${data.sku} at ${data.location}: ${data.on_hand} ${data.unit}`);
		}
		for (const warning of main.querySelectorAll(`[data-live-watch="${name}"]`)) {
			if (data.version <= Number(warning.dataset.version))
				continue;
			const link = document.createElement("a");
			link.href = window.location.href;
			link.textContent = "Count against that";
			warning.dataset.version = data.version;
			warning.replaceChildren(`Stock changed meanwhile: the books now say ${data.on_hand} ${data.unit}. `, link);
			warning.hidden = false;
		}
	};

	/* ---- regions ---- */

	const isTyped = (field) => {
		if (field.tagName === "SELECT")
			return [...field.options].some((option) => option.selected !== option.defaultSelected);
		if (field.type === "checkbox" || field.type === "radio")
			return field.checked !== field.defaultChecked;
		return field.type !== "hidden" && field.value !== field.defaultValue;
	};

	const isInUse = (region) => {
		const selection = document.getSelection();

		if (region.contains(document.activeElement) || region.querySelector("dialog[open], details[open]"))
			return true;
		if (selection && !selection.isCollapsed && selection.rangeCount &&
			selection.getRangeAt(0).intersectsNode(region))
			return true;
		return [...region.querySelectorAll("input, select, textarea")].some(isTyped);
	};

	/* Rows that were not there before are marked. */
	const markRows = (region, before) => {
		for (const row of region.querySelectorAll("tbody tr")) {
			if (before.size && !before.has(row.textContent))
				mark(row);
		}
	};

	const scrolled = (region) => [region, ...region.querySelectorAll(".scroll")]
		.map((element) => [element.scrollLeft, element.scrollTop]);

	const isSame = (region, fresh) => {
		const plain = region.cloneNode(true);

		for (const element of plain.querySelectorAll(".changed")) {
			element.classList.remove("changed");
			if (!element.classList.length)
				element.removeAttribute("class");
		}
		return fresh.isEqualNode(plain);
	};

	const swap = (region, fresh) => {
		const before = new Set([...region.querySelectorAll("tbody tr")].map((row) => row.textContent));
		const places = scrolled(region);
		const taken = document.importNode(fresh, true);
		const marked = [...region.querySelectorAll("[data-balance].changed")].map((cell) => cell.dataset.balance);
		const pageY = window.scrollY;

		region.replaceWith(taken);
		[taken, ...taken.querySelectorAll(".scroll")].forEach((element, i) => {
			[element.scrollLeft, element.scrollTop] = places[i] || [0, 0];
		});
		if (window.scrollY !== pageY)
			window.scrollTo(window.scrollX, pageY);
		markRows(taken, before);
		for (const cell of taken.querySelectorAll("[data-balance]")) {
			if (marked.includes(cell.dataset.balance))
				mark(cell);
		}
	};

	/* A balance that an event has set since the page was loaded stays. */
	const keepNewer = (fresh) => {
		for (const cell of fresh.querySelectorAll("[data-balance]")) {
			const shown = main.querySelector(`[data-balance="${cell.dataset.balance}"]`);

			if (shown && Number(shown.dataset.version) > Number(cell.dataset.version)) {
				cell.textContent = shown.textContent;
				cell.dataset.version = shown.dataset.version;
			}
		}
	};

	let held = null; /* a page of which some regions could not be shown yet */

	const settle = () => {
		const page = held;

		held = null;
		for (const region of main.querySelectorAll("[data-live]")) {
			const fresh = page.querySelector(`[data-live="${region.dataset.live}"]`);

			if (!fresh)
				continue;
			keepNewer(fresh);
			if (isSame(region, fresh))
				continue;
			if (isInUse(region))
				held = page;
			else
				swap(region, fresh);
		}
	};

	window.setInterval(() => {
		if (held)
			settle();
	}, 1000);
	document.addEventListener("focusout", () => window.setTimeout(() => {
		if (held)
			settle();
	}, 0));

	/* ---- loading the page anew ---- */

	let loading = null; /* the promise of the load that is under way */
	let wanted = false;
	let loadTimer = 0;
	let loadAt = 0; /* not before */

	const want = () => {
		wanted = true;
		if (!loading && !loadTimer && !document.hidden)
			loadTimer = window.setTimeout(load, Math.max(0, loadAt - Date.now()) + Math.random() * jitterMs);
	};

	/* The main part of the page as it is now; null: not to be had at present. */
	const fetchPage = async () => {
		const answer = await fetch(window.location.href, { headers: { "X-Bincard-Watch": "1" }, redirect: "manual" });

		if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) {
			end();
			return null;
		}
		if (!answer.ok) {
			loadAt = Date.now() + 1000 * (Number(answer.headers.get("Retry-After")) || 10);
			return null;
		}
		return new DOMParser().parseFromString(await answer.text(), "text/html")
			.querySelector("main[data-live-query]");
	};

	const loadNow = async () => {
		const begun = Date.now();
		let page = null;

		wanted = false;
		try {
			page = await fetchPage();
			if (!page)
				wanted = true;
		} catch {
			wanted = true;
			loadAt = begun + retryMs.most / 4;
		}
		/* where loading takes long it is done less often */
		loadAt = Math.max(loadAt, Date.now() + Math.max(paceMs, 5 * (Date.now() - begun)));
		if (page) {
			held = page;
			settle();
		}
		return page;
	};

	const load = async () => {
		window.clearTimeout(loadTimer);
		loadTimer = 0;
		while (loading)
			await loading;
		loading = loadNow();
		const page = await loading;

		loading = null;
		if (wanted && state.dataset.state !== "off")
			want();
		return page;
	};

	/* ---- the stream ---- */

	let source = null;
	let openTimer = 0;
	let hideTimer = 0;
	let failures = 0;
	let openedAt = 0;

	const shut = () => {
		window.clearTimeout(openTimer);
		openTimer = 0;
		source?.close();
		source = null;
	};

	/* For good: who looks on may not any more, or the page is gone. */
	const end = () => {
		shut();
		show("off");
	};

	const arrived = (message) => {
		const event = JSON.parse(message.data);

		last = event.id;
		if (event.type === "bincard.stock_level.changed.v1")
			setBalance(event.data);
		want();
	};

	const open = () => {
		shut();
		source = new EventSource(`/v1/events/stream?${query}&after=${last}`);
		source.addEventListener("open", () => {
			openedAt = Date.now();
			show("live");
		});
		source.addEventListener("error", failed);
		for (const type of types)
			source.addEventListener(type, arrived);
	};

	/* What is shown becomes what there is now, and the stream goes on from there. */
	const catchUp = async () => {
		const page = await load();

		if (page)
			last = page.dataset.liveAfter;
		return page !== null;
	};

	const again = () => {
		const wait = Math.min(retryMs.first * 2 ** failures, retryMs.most);

		failures++;
		openTimer = window.setTimeout(open, wait / 2 + Math.random() * wait);
	};

	/* The stream tells nobody why it was refused; the list does. */
	const ask = async () => {
		shut();
		try {
			const answer = await fetch(`/v1/events?${query}&after=${last}&limit=1`, { headers: { "X-Bincard-Watch": "1" } });

			if ([401, 403].includes(answer.status))
				return end();
			if ([410, 422].includes(answer.status)) /* what comes next is not kept any more, or never was */
				await catchUp();
			const said = answer.ok ? await answer.json() : null;

			if (said && !said.data.length) /* none of what was looked through is for this page */
				last = said.next_after;
		} catch { /* nothing answers at all */ }
		if (!document.hidden && state.dataset.state !== "off")
			again();
	};

	const failed = () => {
		if (openedAt && Date.now() - openedAt > steadyMs)
			failures = 0;
		openedAt = 0;
		show("wait");
		/* the browser tries by itself; when that does not help, less and less often */
		if (source?.readyState === EventSource.CLOSED || ++failures > 2)
			ask();
	};

	/* ---- out of sight, and back ---- */

	const hide = () => {
		window.clearTimeout(hideTimer);
		hideTimer = window.setTimeout(shut, hiddenMs);
	};

	const wake = async () => {
		window.clearTimeout(hideTimer);
		if (state.dataset.state === "off")
			return;
		if (source && source.readyState !== EventSource.CLOSED) {
			if (wanted)
				want();
			return;
		}
		shut();
		failures = 0;
		show("wait");
		await catchUp();
		if (state.dataset.state !== "off" && !document.hidden)
			open();
	};

	document.addEventListener("visibilitychange", () => (document.hidden ? hide() : wake()));
	window.addEventListener("pagehide", shut);
	window.addEventListener("pageshow", (event) => event.persisted && wake());
	window.addEventListener("offline", () => {
		if (state.dataset.state !== "off") {
			shut();
			show("wait");
		}
	});
	window.addEventListener("online", wake);

	if (!document.hidden)
		open();
})();
