/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/hint.h"

#include "base/buf.h"
#include "base/suggest.h"

void hint_names(struct error **err, const char *word, const struct strv *names,
		const char *what)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);
	const char *near;

	if (names->len == 0)
		return;
	near = suggest(word, (const char *const *)names->v);
	if (near)
		buf_addf(&text, "did you mean \"%s\"? ", near);
	buf_addf(&text, "%s:", what);
	for (size_t i = 0; i < names->len; i++)
		buf_addf(&text, "%s %s", i ? "," : "", names->v[i]);
	error_hint(err, "%s", text.data);
}
