/* SPDX-License-Identifier: MIT */
#include <idphoto/finding.h>

#include <math.h>
#include <string.h>

static const char *const level_names[_FINDING_LEVEL_MAX] = {
        [FINDING_FIXED] = "fixed",
        [FINDING_WARN] = "warn",
        [FINDING_REJECT] = "reject",
};

const char *finding_level_to_string(FindingLevel level)
{
        return level >= 0 && level < _FINDING_LEVEL_MAX ? level_names[level] : NULL;
}

FindingLevel finding_level_from_string(const char *s)
{
        return (FindingLevel)text_find(level_names, _FINDING_LEVEL_MAX, s);
}

/* Where a new finding goes: its code's old place, a free one, or that of a less grave one. */
static Finding *place_for(Findings *findings, ReasonCode code, FindingLevel level)
{
        Finding *least = &findings->items[0];

        for (size_t i = 0; i < findings->n; i++) {
                Finding *item = &findings->items[i];

                if (item->code == code)
                        return level >= item->level ? item : &findings->spare;
                if (item->level <= least->level)
                        least = item;
        }
        if (findings->n < FINDINGS_MAX)
                return &findings->items[findings->n++];
        return level > least->level ? least : &findings->spare;
}

Finding *findings_add(Findings *findings, ReasonCode code, FindingLevel level)
{
        Finding *finding = place_for(findings, code, level);

        *finding = (Finding){
                .code = code,
                .level = level,
                .measured = NAN,
                .measured2 = NAN,
                .min = NAN,
                .max = NAN,
        };
        return finding;
}

Finding *findings_add_value(Findings *findings, ReasonCode code, FindingLevel level,
                            double measured, double min, double max)
{
        Finding *finding = findings_add(findings, code, level);

        finding->measured = measured;
        finding->min = min;
        finding->max = max;
        return finding;
}

static double in_proportion(double distance, double bound)
{
        return fabs(bound) > 0 ? distance / fabs(bound) : distance;
}

double finding_outside(const Finding *finding)
{
        /* Two sides whose bounds are plain numbers: those of their ratio. */
        bool sides = !isnan(finding->measured2) && !reason_unit(finding->code);
        double measured = sides ? finding->measured / finding->measured2 : finding->measured;
        double below = in_proportion(finding->min - measured, finding->min);
        double above = in_proportion(measured - finding->max, finding->max);

        /* A comparison with NAN is false. */
        return below > 0 ? below : above > 0 ? above : 0;
}

const Finding *findings_worst(const Findings *findings)
{
        const Finding *worst = NULL;

        for (size_t i = 0; i < findings->n; i++) {
                const Finding *finding = &findings->items[i];

                if (!worst || finding->level > worst->level ||
                    (finding->level == worst->level &&
                     finding_outside(finding) > finding_outside(worst)))
                        worst = finding;
        }
        return worst;
}

bool findings_reject(const Findings *findings)
{
        return findings_count(findings, FINDING_REJECT) > 0;
}

const Finding *findings_find(const Findings *findings, ReasonCode code)
{
        for (size_t i = 0; i < findings->n; i++)
                if (findings->items[i].code == code)
                        return &findings->items[i];
        return NULL;
}

/* Smaller is graver. */
static int rank(ReasonCode code)
{
        if (reason_is_decision(code))
                return 0;
        if (reason_is_no_picture(code))
                return 1;
        return reason_is_about_name(code) ? 3 : 2;
}

static bool comes_before(const Finding *a, const Finding *b)
{
        if (a->level != b->level)
                return a->level > b->level;
        return rank(a->code) < rank(b->code);
}

void findings_sort(Findings *findings)
{
        for (size_t i = 1; i < findings->n; i++) {
                Finding item = findings->items[i];
                size_t at = i;

                for (; at > 0 && comes_before(&item, &findings->items[at - 1]); at--)
                        findings->items[at] = findings->items[at - 1];
                findings->items[at] = item;
        }
}

size_t findings_count(const Findings *findings, FindingLevel level)
{
        size_t n = 0;

        for (size_t i = 0; i < findings->n; i++)
                n += findings->items[i].level == level;
        return n;
}
