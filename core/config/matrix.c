/* SPDX-License-Identifier: MIT */
/* Every `matrix` makes copies of the task around it, one for each alternative.
 * A copy costs the nodes on the way from the task to the matrix; everything else
 * is shared, so that the cost is linear in the number of tasks. */
#include "config.h"

#include "config/parser.h"

#include <string.h>

#include "base/strv.h"

/* A node on the way to a matrix, and which of its children is next. */
struct step {
	const struct node *node;
	size_t next;
};
VEC_DEFINE(path, struct step);

struct expansion {
	struct parser *p;
	size_t work, max_tasks;
	size_t depth;
};

static int too_many(struct expansion *x, const struct node *at)
{
	return fail(x->p, at, "matrix expands to more than %zu tasks",
		    x->max_tasks);
}

static int count_work(struct expansion *x, const struct node *at, size_t n)
{
	x->work += n;
	if (x->work > MAX_MATRIX_WORK || x->p->arena->full)
		return fail(x->p, at,
			    "matrix expands to more than can be held");
	return 0;
}

/* The first matrix below n in the order of the file: 1, and the way to it is in
 * path; 0 where there is none. */
static int find(struct expansion *x, const struct node *n, struct path *path)
{
	if (count_work(x, n, n->n_children + 1) < 0)
		return -1;
	for (size_t i = 0; i < n->n_children; i++) {
		const struct node *child = n->children[i];
		int found = 1;

		path_push(path, (struct step){n, i});
		if (!same_name(child->name, "matrix"))
			found = find(x, child, path);
		if (found)
			return found;
		path->len--;
	}
	return 0;
}

/* A copy of n with its child at `at` replaced by `count` others. */
static struct node *replace(struct arena *arena, const struct node *n,
			    size_t at, struct node *const *by, size_t count)
{
	struct node *copy = ARENA_NEW(arena, struct node);
	size_t behind = n->n_children - at - 1;
	size_t room = at + count + behind;

	*copy = *n;
	copy->n_children = room;
	copy->children =
		arena_alloc(arena, (room ? room : 1) * sizeof(struct node *));
	if (at)
		memcpy(copy->children, n->children, at * sizeof(*by));
	if (count)
		memcpy(copy->children + at, by, count * sizeof(*by));
	if (behind)
		memcpy(copy->children + at + count, n->children + at + 1,
		       behind * sizeof(*by));
	return copy;
}

/* The node at `from` on the path with the matrix at its end replaced. */
static int rebuild(struct expansion *x, const struct path *path, size_t from,
		   struct node *const *by, size_t count, struct node **out)
{
	struct node *copy = NULL;

	for (size_t i = path->len; i > from; i--) {
		const struct step *s = &path->ptr[i - 1];

		if (count_work(x, s->node, s->node->n_children + count) < 0)
			return -1;
		copy = replace(x->p->arena, s->node, s->next, copy ? &copy : by,
			       copy ? 1 : count);
	}
	*out = copy;
	return 0;
}

static int misplaced(struct parser *p, const struct node *matrix)
{
	fail(p, matrix,
	     "matrix can be defined only under a task, docker_builder or pipe");
	return fail_hint(p, "write it inside of each task that it is for");
}

/* Which node on the path is copied for each alternative. */
static int nearest_task(struct expansion *x, const struct path *path,
			const struct node *matrix, size_t *at)
{
	for (size_t i = path->len; i > 0; i--) {
		if (is_tasklike(path->ptr[i - 1].node->name)) {
			*at = i - 1;
			return 0;
		}
	}
	return misplaced(x->p, matrix);
}

static int scalar_matrix(struct parser *p, const struct node *matrix)
{
	fail(p, matrix, "matrix should contain a collection");
	return fail_hint(p, "write a list of maps below it, one for each task");
}

static int check_alternatives(struct expansion *x, const struct node *matrix)
{
	if (matrix->kind == NODE_SCALAR)
		return scalar_matrix(x->p, matrix);
	for (size_t i = 0; i < matrix->n_children; i++)
		if (matrix->kind == NODE_LIST &&
		    matrix->children[i]->kind != NODE_MAP)
			return fail(x->p, matrix->children[i],
				    "matrix with a list can only contain maps "
				    "as it's items");
	return 0;
}

/* One copy of the task for each alternative. */
static int multiply(struct expansion *x, const struct path *path, size_t task,
		    const struct node *matrix, struct const_node_vec *out)
{
	for (size_t i = 0; i < matrix->n_children; i++) {
		struct node *const *by = &matrix->children[i], *copy;
		size_t count = 1;

		if (matrix->kind == NODE_LIST) {
			by = matrix->children[i]->children;
			count = matrix->children[i]->n_children;
		}
		if (rebuild(x, path, task, by, count, &copy) < 0)
			return -1;
		const_node_vec_push(out, copy);
	}
	return 0;
}

static int expand(struct expansion *x, const struct node *n,
		  struct const_node_vec *out);

static int expand_each(struct expansion *x, const struct const_node_vec *copies,
		       struct const_node_vec *out)
{
	for (size_t i = 0; i < copies->len; i++)
		if (expand(x, copies->ptr[i], out) < 0)
			return -1;
	return 0;
}

/* `copies` take the place of a node further down the tree. */
static int expand_inner(struct expansion *x, const struct path *path,
			size_t task, const struct const_node_vec *copies,
			struct const_node_vec *out)
{
	struct path up = {path->ptr, task, path->cap};
	struct node *whole;

	if (rebuild(x, &up, 0, (struct node *const *)copies->ptr, copies->len,
		    &whole) < 0)
		return -1;
	return expand(x, whole, out);
}

static int expand_first(struct expansion *x, const struct path *path,
			struct const_node_vec *out)
{
	const struct step *last = &path->ptr[path->len - 1];
	const struct node *matrix = last->node->children[last->next];
	struct const_node_vec copies = {0};
	size_t task = 0;
	int r;

	if (x->depth > MAX_MATRICES)
		return fail(x->p, matrix, "more than %d matrices in one task",
			    MAX_MATRICES);
	if (nearest_task(x, path, matrix, &task) < 0 ||
	    check_alternatives(x, matrix) < 0)
		return -1;
	r = multiply(x, path, task, matrix, &copies);
	if (r == 0)
		r = task ? expand_inner(x, path, task, &copies, out)
			 : expand_each(x, &copies, out);
	const_node_vec_clear(&copies);
	return r;
}

/* Appends what becomes of a child of the root. */
static int expand(struct expansion *x, const struct node *n,
		  struct const_node_vec *out)
{
	struct path path = {0};
	int found = find(x, n, &path);

	x->depth++;
	if (found > 0)
		found = expand_first(x, &path, out);
	else if (found == 0 && is_tasklike(n->name) && out->len >= x->max_tasks)
		found = too_many(x, n);
	else if (found == 0)
		const_node_vec_push(out, n);
	x->depth--;
	path_clear(&path);
	return found;
}

int matrix_expand(struct parser *p, const struct node *root,
		  const struct node **out)
{
	struct expansion x = {.p = p, .max_tasks = p->in->max_tasks};
	struct const_node_vec children = {0};
	struct node *copy = ARENA_NEW(p->arena, struct node);
	int r = 0;

	if (!x.max_tasks)
		x.max_tasks = MAX_TASKS;
	for (size_t i = 0; i < root->n_children && r == 0; i++) {
		const struct node *child = root->children[i];

		if (strcmp(child->name, "matrix") == 0)
			r = misplaced(p, child);
		else
			r = expand(&x, child, &children);
	}
	*copy = *root;
	copy->n_children = children.len;
	copy->children = arena_alloc(p->arena, (children.len + 1) *
						       sizeof(struct node *));
	if (children.len)
		memcpy(copy->children, children.ptr,
		       children.len * sizeof(struct node *));
	const_node_vec_clear(&children);
	*out = copy;
	return r;
}
