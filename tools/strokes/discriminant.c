/* Within W and between B scatter, W = L Lᵀ, eigenvectors V of L⁻¹ B L⁻ᵀ, map = Vᵀ L⁻¹. Plain loops
 * in double precision in a fixed order, so the result repeats to the byte on one kind of machine.
 */
#include "strokes/discriminant.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEPS_MAX = 30 };

struct discriminant {
    size_t n;
    size_t classes;
    size_t freedom; /* samples − classes */
    double *within; /* n × n, lower triangle while collecting */
    double *between;
    double *sum; /* of the class means */
    double *deviation;
};

enum err discriminant_create(size_t features, struct discriminant **ret)
{
    struct discriminant *d = calloc(1, sizeof *d);
    if (d == NULL) {
        return ERR_NOMEM;
    }
    d->n = features;
    d->within = calloc(features * features, sizeof(double));
    d->between = calloc(features * features, sizeof(double));
    d->sum = calloc(features, sizeof(double));
    d->deviation = calloc(features, sizeof(double));
    if (!d->within || !d->between || !d->sum || !d->deviation) {
        discriminant_destroy(d);
        return ERR_NOMEM;
    }
    *ret = d;
    return ERR_OK;
}

void discriminant_destroy(struct discriminant *d)
{
    if (d) {
        free(d->within);
        free(d->between);
        free(d->sum);
        free(d->deviation);
        free(d);
    }
}

static void outer_add(double *lower, const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double *row = lower + i * n;
        for (size_t j = 0; j <= i; j++) {
            row[j] += v[i] * v[j];
        }
    }
}

void discriminant_class(struct discriminant *d, const float *samples, size_t count, float *ret_mean)
{
    for (size_t i = 0; i < d->n; i++) {
        double mean = 0;
        for (size_t s = 0; s < count; s++) {
            mean += (double)samples[s * d->n + i];
        }
        ret_mean[i] = (float)(mean / (double)count);
        d->deviation[i] = (double)ret_mean[i];
        d->sum[i] += (double)ret_mean[i];
    }
    outer_add(d->between, d->deviation, d->n);
    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; i < d->n; i++) {
            d->deviation[i] = (double)samples[s * d->n + i] - (double)ret_mean[i];
        }
        outer_add(d->within, d->deviation, d->n);
    }
    d->classes++;
    d->freedom += count - 1;
}

/* In place: lower triangle of a becomes L. False when a is not positive definite. */
static bool cholesky(double *a, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t i = j; i < n; i++) {
            double sum = a[i * n + j];
            for (size_t k = 0; k < j; k++) {
                sum -= a[i * n + k] * a[j * n + k];
            }
            if (i == j) {
                if (sum <= 0) {
                    return false;
                }
                a[j * n + j] = sqrt(sum);
            } else {
                a[i * n + j] = sum / a[j * n + j];
            }
        }
    }
    return true;
}

/* Every row r of m (rows × n) becomes the solution x of L x = r. */
static void solve_rows(const double *l, double *m, size_t n)
{
    for (size_t r = 0; r < n; r++) {
        double *x = m + r * n;
        for (size_t i = 0; i < n; i++) {
            double sum = x[i];
            for (size_t k = 0; k < i; k++) {
                sum -= l[i * n + k] * x[k];
            }
            x[i] = sum / l[i * n + i];
        }
    }
}

static void transpose(double *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double kept = m[i * n + j];
            m[i * n + j] = m[j * n + i];
            m[j * n + i] = kept;
        }
    }
}

static void rotate(double *a, double *b, size_t n, double c, double s)
{
    for (size_t k = 0; k < n; k++) {
        double x = a[k];
        double y = b[k];
        a[k] = c * x - s * y;
        b[k] = s * x + c * y;
    }
}

/* One Jacobi rotation that clears a[p][q]; v collects the vectors as rows. */
static void jacobi_clear(double *a, double *v, size_t n, size_t p, size_t q)
{
    double off = a[p * n + q];
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * off);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1);
    double s = t * c;
    rotate(a + p * n, a + q * n, n, c, s);
    for (size_t k = 0; k < n; k++) {
        double x = a[k * n + p];
        double y = a[k * n + q];
        a[k * n + p] = c * x - s * y;
        a[k * n + q] = s * x + c * y;
    }
    rotate(v + p * n, v + q * n, n, c, s);
}

/* Eigenvalues of the symmetric a end on its diagonal, the vectors in the rows of v. */
static void jacobi(double *a, double *v, size_t n)
{
    memset(v, 0, n * n * sizeof *v);
    double scale = 0;
    for (size_t i = 0; i < n; i++) {
        v[i * n + i] = 1;
        scale += fabs(a[i * n + i]);
    }
    double small = 1e-9 * scale / (double)n;
    for (int sweep = 0; sweep < SWEEPS_MAX; sweep++) {
        bool clear = true;
        for (size_t p = 0; p + 1 < n; p++) {
            for (size_t q = p + 1; q < n; q++) {
                if (fabs(a[p * n + q]) > small) {
                    jacobi_clear(a, v, n, p, q);
                    clear = false;
                }
            }
        }
        if (clear) {
            return;
        }
    }
}

static void finish_scatter(struct discriminant *d, double smooth)
{
    size_t n = d->n;
    double trace = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double mean_product = d->sum[i] * d->sum[j] / (double)d->classes;
            d->within[i * n + j] /= (double)d->freedom;
            d->between[i * n + j] =
                (d->between[i * n + j] - mean_product) / (double)(d->classes - 1);
            d->between[j * n + i] = d->between[i * n + j];
        }
        trace += d->within[i * n + i];
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            d->within[i * n + j] *= 1 - smooth;
        }
        d->within[i * n + i] += smooth * trace / (double)n;
    }
}

/* Rows of v by falling eigenvalue, through Lᵀ: m = v L⁻¹, one row after the other. */
static void write_rows(const struct discriminant *d, double *v, size_t dim, float *ret_matrix)
{
    size_t n = d->n;
    for (size_t r = 0; r < dim; r++) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++) {
            best = d->between[i * n + i] > d->between[best * n + best] ? i : best;
        }
        d->between[best * n + best] = -1;
        double *x = v + best * n;
        for (size_t i = n; i-- > 0;) {
            double sum = x[i];
            for (size_t k = i + 1; k < n; k++) {
                sum -= d->within[k * n + i] * x[k];
            }
            x[i] = sum / d->within[i * n + i];
            ret_matrix[r * n + i] = (float)x[i];
        }
    }
}

enum err discriminant_solve(struct discriminant *d, double smooth, size_t dim, float *ret_matrix)
{
    double *v = calloc(d->n * d->n, sizeof *v);
    if (v == NULL) {
        return ERR_NOMEM;
    }
    finish_scatter(d, smooth);
    enum err e = cholesky(d->within, d->n) ? ERR_OK : ERR_FORMAT;
    if (e == ERR_OK) {
        solve_rows(d->within, d->between, d->n);
        transpose(d->between, d->n);
        solve_rows(d->within, d->between, d->n);
        jacobi(d->between, v, d->n);
        write_rows(d, v, dim, ret_matrix);
    }
    free(v);
    return e;
}
