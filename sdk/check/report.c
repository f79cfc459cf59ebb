/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report.h"

#include <stdio.h>

static void json_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

void report_begin(struct report *r, const char *plugin)
{
	if (!r->json) {
		printf("TAP version 13\n# %s\n", plugin);
		return;
	}
	fputs("{\"plugin\":", stdout);
	json_string(plugin);
	fputs(",\"checks\":[", stdout);
}

/* Every line of the text as a comment. */
static void tap_explain(const char *text)
{
	fputs("#   ", stdout);
	for (; *text; text++) {
		putchar(*text);
		if (*text == '\n' && text[1])
			fputs("#   ", stdout);
	}
	putchar('\n');
}

static void tap_check(const struct report *r, const struct check *check,
		      const struct result *result)
{
	bool good = result->verdict == PASSED ||
		    (result->verdict == SKIPPED && !r->strict);

	printf("%sok %d - %s %s", good ? "" : "not ", r->n, check->id,
	       check->sentence);
	if (result->verdict == SKIPPED && !r->strict)
		printf(" # SKIP %s", result->text);
	putchar('\n');
	if (!good)
		tap_explain(result->text);
}

static void json_check(const struct report *r, const struct check *check,
		       const struct result *result)
{
	static const char *const names[] = {"passed", "failed", "skipped"};

	fputs(r->n > 1 ? ",\n{\"id\":" : "\n{\"id\":", stdout);
	json_string(check->id);
	fputs(",\"sentence\":", stdout);
	json_string(check->sentence);
	printf(",\"verdict\":\"%s\",\"ms\":%lld", names[result->verdict],
	       (long long)(result->took_ns / NS_PER_MS));
	if (result->verdict != PASSED) {
		fputs(",\"reason\":", stdout);
		json_string(result->text);
	}
	putchar('}');
}

void report_check(struct report *r, const struct check *check,
		  const struct result *result)
{
	r->n++;
	r->passed += result->verdict == PASSED;
	r->skipped += result->verdict == SKIPPED;
	r->failed += result->verdict == FAILED;
	(r->json ? json_check : tap_check)(r, check, result);
	fflush(stdout);
}

int report_end(struct report *r, const char *left, int interrupted)
{
	bool bad = r->failed || left || r->n == 0 || (r->strict && r->skipped);

	if (r->json)
		printf("\n],\"passed\":%d,\"failed\":%d,\"skipped\":%d}\n",
		       r->passed, r->failed, r->skipped);
	else
		printf("1..%d\n# %d passed, %d failed, %d skipped\n", r->n,
		       r->passed, r->failed, r->skipped);
	if (left)
		fprintf(stderr, "cirrus-backend-check: %s\n", left);
	if (interrupted)
		return 128 + interrupted;
	return bad ? 1 : 0;
}
