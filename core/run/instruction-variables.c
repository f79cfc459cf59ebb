/* SPDX-License-Identifier: MIT */
/* The variables of a task while its instructions are performed. */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "run/each.h"
#include "run/instructions.h"
#include "run/script.h"
#include "run/variables.h"

static enum session_state ask_environ(struct performance *p,
				      struct session_result *r)
{
	int64_t deadline_ns = clock_after_ms(QUICK_MS);

	if (p->place->each)
		return each_environ(p->place, deadline_ns, r);
	session_environ(p->place->session);
	return session_wait(p->place->session,
			    p->place->scope->run->o->cancel_fd, deadline_ns, r);
}

static const char give_back[] =
	"cirrus_owner=$(PATH=$cirrus_path stat -c %u:%g \"$cirrus_directory\")\n"
	"read -r _ cirrus_root _ </proc/self/uid_map || cirrus_root=none\n"
	"case $cirrus_root,$cirrus_owner in\n"
	"0,0:* | 0,) ;;\n"
	"0,*) PATH=$cirrus_path find \"$cirrus_directory\" -xdev -user 0 "
	"-exec chown -h \"$cirrus_owner\" {} + </dev/null >/dev/null ;;\n"
	"esac\n";

void instructions_give_back(struct performance *p)
{
	struct session_result waste;

	if (!p->place->scope->run->o->dirty || p->place->each || p->broken ||
	    p->aborted)
		return;
	session_eval(p->place->session, give_back);
	/* an answer comes when it is done */
	(void)ask_environ(p, &waste);
}

void instructions_learn_image(struct performance *p)
{
	struct session_result r;

	if (p->image_known)
		return;
	p->image_known = true;
	if (ask_environ(p, &r) != SESSION_DONE || !r.body->data)
		return; /* the first script will tell */
	for (const char *at = r.body->data; *at;) {
		size_t len = strcspn(at, "\001");
		AUTO_FREE char *pair = xmemdup0(at, len);
		char *equals = strchr(pair, '=');

		if (equals && equals > pair) {
			*equals = '\0';
			environment_set(&p->image, pair, equals + 1);
		}
		at += len + (at[len] != '\0');
	}
	if (!environment_get(&p->image, "OS"))
		environment_set(&p->image, "OS",
				environment_get(p->env, "CIRRUS_OS"));
}

int instructions_send_environment(struct performance *p, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);

	if (p->place->each)
		return 0;
	if (script_environment(&text, p->env, err) < 0)
		return -1;
	session_eval(p->place->session, text.data);
	return 0;
}

void instructions_take_variables(struct performance *p, struct step *s,
				 const struct buf *body)
{
	AUTO_ENVIRONMENT struct environment found = {0};
	AUTO_ERROR struct error *err = NULL;
	struct secrets *secrets = s->teller->secrets;
	bool sensitive;

	if (variables_parse(body->data, body->len, &found, &err) < 0) {
		tell_message(s->teller, s->task, s->number, LEVEL_WARNING, NULL,
			     "%s; nothing of it is taken", err->msg);
		return;
	}
	environment_merge(p->env, &found);
	if (p->handed)
		environment_merge(p->handed, &found);
	if (variables_expand(p->env, p->image_known ? &p->image : NULL) &&
	    !p->image_known) {
		instructions_learn_image(p);
		variables_expand(p->env, &p->image);
	}
	sensitive = environment_get(p->env, "CIRRUS_ENV_SENSITIVE") != NULL;
	for (size_t i = 0; i < found.len; i++) {
		const char *name = found.vars[i].name;
		AUTO_FREE char *now =
			variables_literal(environment_get(p->env, name));

		if (!sensitive && !environment_is_secret(name))
			continue;
		secrets_add(secrets, found.vars[i].value);
		secrets_add(secrets, now);
	}
	if (instructions_send_environment(p, &err) < 0)
		tell_error(s->teller, s->task, s->number, err);
}
