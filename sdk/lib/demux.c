/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/demux.h"

#include <cirrus/backend.h>
#include <string.h>

/* 0 is the input, which some engines echo in a stream of its own. */
static const int streams[] = {CIRRUS_STDOUT, CIRRUS_STDOUT, CIRRUS_STDERR,
			      DEMUX_ENGINE};

static bool head_is_valid(const unsigned char *h)
{
	return h[0] < sizeof(streams) / sizeof(streams[0]) && !h[1] && !h[2] &&
	       !h[3];
}

static size_t take_head(struct demux *d, const char *data, size_t len)
{
	size_t n = sizeof(d->head) - d->have;

	if (n > len)
		n = len;
	memcpy(d->head + d->have, data, n);
	d->have += (uint32_t)n;
	if (d->have < sizeof(d->head))
		return n;
	d->garbled = !head_is_valid(d->head);
	d->left = (uint32_t)d->head[4] << 24 | (uint32_t)d->head[5] << 16 |
		  (uint32_t)d->head[6] << 8 | (uint32_t)d->head[7];
	if (d->left == 0)
		d->have = 0;
	return n;
}

size_t demux_next(struct demux *d, const char *data, size_t len,
		  struct demux_piece *piece)
{
	*piece = (struct demux_piece){.stream = CIRRUS_STDOUT, .data = data};
	if (d->garbled)
		return len;
	if (d->raw) {
		piece->len = len;
		return len;
	}
	if (d->left == 0)
		return take_head(d, data, len);
	piece->stream = streams[d->head[0]];
	piece->len = len < d->left ? len : d->left;
	d->left -= (uint32_t)piece->len;
	if (d->left == 0)
		d->have = 0;
	return piece->len;
}

bool demux_at_boundary(const struct demux *d)
{
	return d->raw || (d->have == 0 && d->left == 0 && !d->garbled);
}
