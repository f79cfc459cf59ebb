/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "backend/credentials.h"
#include "tap.h"

TEST(registries_are_named_as_images_name_them)
{
	struct credentials c = {0};
	const char *user = NULL, *password = NULL;

	/* me:s:ecret */
	need(credentials_parse(&c,
			       "{\"auths\": {\"https://index.docker.io/v1/\": "
			       "{\"auth\": \"bWU6czplY3JldA==\"},"
			       "\"r.example:5000\": {\"username\": \"u\", "
			       "\"password\": \"p\"}, \"empty.example\": {}}}",
			       NULL) == 0);
	ok_int(c.registries.len, 2);
	ok(credentials_find(&c, "docker.io", &user, &password));
	ok_str(user, "me");
	ok_str(password, "s:ecret");
	ok(credentials_find(&c, "r.example:5000", &user, &password));
	ok_str(user, "u");
	ok_str(password, "p");
	ok(!credentials_find(&c, "r.example", &user, &password));
	ok(!credentials_find(&c, "empty.example", &user, &password));
	credentials_clear(&c);
}

TEST(what_is_no_such_text_is_an_error)
{
	static const char *const texts[] = {
		"",
		"nonsense",
		"[]",
		"{}",
		"{\"auths\":{\"x\":{\"auth\":\"?\"}}}",
		"{\"auths\":{\"x\":{\"auth\":\"bm9jb2xvbg==\"}}}"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct credentials c = {0};
		AUTO_ERROR struct error *err = NULL;

		ok(credentials_parse(&c, texts[i], &err) < 0 && err);
		credentials_clear(&c);
	}
}

TAP_MAIN()
