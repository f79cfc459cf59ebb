(function () {
	"use strict";
	var root = document.documentElement;
	var all = function (what) {
		return Array.prototype.slice.call(document.querySelectorAll(what));
	};

	document.getElementById("theme").onclick = function () {
		root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
	};
	document.getElementById("fold").onclick = function () {
		var open = !all("details.task").some(function (d) { return d.open; });

		all("details.task").forEach(function (d) { d.open = open; });
		this.textContent = open ? "Fold all" : "Unfold all";
	};
	all("button[data-show]").forEach(function (b) {
		b.onclick = function () {
			var on = b.getAttribute("aria-pressed") !== "true";

			all("button[data-show]").forEach(function (other) {
				other.setAttribute("aria-pressed", String(on && other === b));
			});
			all("[data-status]").forEach(function (t) {
				t.hidden = on && t.dataset.status !== b.dataset.show;
			});
		};
	});
	all("a.row").forEach(function (a) {
		a.onclick = function () {
			document.querySelector(a.getAttribute("href")).open = true;
		};
	});
	/* how it failed stands at the end of a log */
	all("details.step").forEach(function (d) {
		var toEnd = function () {
			var log = d.querySelector("summary ~ pre");

			if (log && d.querySelector("pre .end"))
				log.scrollTop = log.scrollHeight;
		};

		d.addEventListener("toggle", toEnd);
		toEnd();
	});
	all("time").forEach(function (t) {
		var d = new Date(t.dateTime);

		if (!isNaN(d))
			t.textContent = d.toLocaleString();
	});
})();
