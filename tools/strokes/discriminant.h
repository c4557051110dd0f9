#pragma once

#include <stddef.h>

#include "base/err.h"

/* Linear discriminant analysis: finds the directions in which classes differ most, measured by how
 * much the samples of one class differ among themselves (Fisher 1936; Rao 1948). */
struct discriminant;

enum err discriminant_create(size_t features, struct discriminant **ret) MUST_USE;
void discriminant_destroy(struct discriminant *d);

/* One class: `count` samples of `features` numbers, one after the other; writes their mean. */
void discriminant_class(struct discriminant *d, const float *samples, size_t count,
                        float *ret_mean);

/* Writes `dim` rows of `features` numbers: the map after which the samples of a class have about
 * unit variance in every direction. `smooth` (0..1) mixes that share of the average variance into
 * the diagonal, so that directions that hardly vary in the samples are not trusted too far. */
enum err discriminant_solve(struct discriminant *d, double smooth, size_t dim,
                            float *ret_matrix) MUST_USE;
