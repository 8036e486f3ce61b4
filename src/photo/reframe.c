/* SPDX-License-Identifier: MIT */
#include "reframe.h"

#include <math.h>
#include <string.h>

/*
 * A face is found in the whole source first, in a size that is quick to search. Where the head is
 * exactly, and where its crown is, can be measured only in a picture of the finished size with a
 * wall around the head. So a part is chosen by what is known, cut out and measured as the finished
 * photo will be; what was measured there chooses a better part, until the head is where it should
 * be. The last part is what the checks see: nothing is believed that was not measured in it.
 */

enum { TRIES = 3 };

/* A larger picture by less than this is not worth a search: there is nothing to choose from. */
static const double ZOOM_MIN = 1.02;

/* Where faces are looked for. */
typedef struct Survey {
        uint8_t *luma;
        uint32_t width;
        uint32_t height;
        double zoom; /* pixels of the source for one of the survey */
        Face face;
} Survey;

static void survey_done(Survey *survey)
{
        free(survey->luma);
}

void reframed_done(Reframed *reframed)
{
        view_done(&reframed->view);
}

static int survey_make(Cut *cut, Survey *ret)
{
        int r = cut_survey(cut, &ret->width, &ret->height, &ret->luma);

        if (r < 0)
                return r;
        ret->zoom = (double)cut_width(cut) / ret->width;
        return 0;
}

static int survey_find(Survey *survey, const FaceSearch *search)
{
        int r = face_find(search, survey->luma, survey->width, survey->height, &survey->face);

        if (r < 0 || survey->face.n_boxes > 0 || !search->hard)
                return r;
        return face_find_far(search->models, survey->luma, survey->width, survey->height,
                             &survey->face);
}

/* ---- the search ---- */

static void take(View *from, View *to)
{
        view_done(to);
        *to = *from;
        *from = (View){};
}

/* Cuts parts, each by what was measured in the last one, and keeps the best. 1: there is one with a
 * face; *ret_fits: the bands say that one is possible. */
static int search_part(Cut *cut, const FaceSearch *search, FramingHead head, View *best,
                       bool *ret_fits)
{
        ViewGrade best_grade = VIEW_HAS_NO_FACE;

        for (int i = 0; i < TRIES && best_grade != VIEW_CONFORMS; i++) {
                _cleanup_view_ View next = {};
                Framing framing;
                ViewGrade grade;
                int r;

                framing_choose(&head, cut_width(cut), cut_height(cut), cut->rules, &framing);
                r = view_make(cut, &framing.window, &next);
                if (r >= 0)
                        r = view_measure(&next, search, cut->rules);
                if (r < 0)
                        return r;
                grade = view_grade(&next, cut->rules);
                if (grade == VIEW_HAS_NO_FACE)
                        break;
                head = view_head(&next);
                if (grade < best_grade) {
                        best_grade = grade;
                        *ret_fits = framing.fits;
                        take(&next, best);
                }
        }
        return best_grade != VIEW_HAS_NO_FACE;
}

/* The head of a source of the right shape, of which the middle is all. 1: it is known. */
static int find_in_middle(Cut *cut, const View *middle, const FaceSearch *search, FramingHead *ret)
{
        _cleanup_(survey_done) Survey survey = {.face = FACE_NONE};
        int r;

        if (middle->face.n_boxes > 0) {
                *ret = view_head(middle);
                return 1;
        }
        if (!search->hard)
                return 0;
        r = survey_make(cut, &survey);
        if (r >= 0)
                r = face_find_far(search->models, survey.luma, survey.width, survey.height,
                                  &survey.face);
        if (r < 0 || survey.face.n_boxes == 0)
                return MIN(r, 0);
        *ret = view_head_of_face(&survey.face, survey.zoom);
        return 1;
}

static int find_anywhere(Cut *cut, const FaceSearch *search, FramingHead *ret, Reframed *reframed)
{
        _cleanup_(survey_done) Survey survey = {.face = FACE_NONE};
        int r = survey_make(cut, &survey);

        if (r >= 0)
                r = survey_find(&survey, search);
        if (r < 0 || survey.face.n_boxes == 0)
                return MIN(r, 0);
        reframed->several = face_is_one_of_several(&survey.face);
        reframed->n_faces = (unsigned)survey.face.n_boxes;
        *ret = view_head_of_face(&survey.face, survey.zoom);
        return 1;
}

/* Another part is better than the middle when the head is better placed in it, or when no part is
 * right and this one shows what is wrong. */
static bool is_better(const View *view, bool fits, const View *middle, bool right_shape,
                      const PhotoRules *rules)
{
        return !right_shape || !fits || view_grade(view, rules) < view_grade(middle, rules);
}

static bool leave_alone(const Cut *cut, const View *middle, bool right_shape)
{
        if (!right_shape)
                return false;
        return cut->rules->framing == PHOTO_FRAMING_CHECK ||
               middle->window.width < ZOOM_MIN * PHOTO_WIDTH ||
               view_grade(middle, cut->rules) == VIEW_CONFORMS ||
               face_is_one_of_several(&middle->face);
}

/* Cloth may look like a face, also an upside-down chin, but seldom has eyes as well. */
static bool has_eyes(const Face *face, const PhotoModels *models)
{
        return face->n_boxes > 0 && (!models->eye || (face->has_eye[0] && face->has_eye[1]));
}

static int look_further(Cut *cut, View *middle, bool right_shape, const FaceSearch *search,
                        Reframed *reframed)
{
        _cleanup_view_ View best = {};
        FramingHead head;
        bool fits = false;
        int r;

        r = right_shape ? find_in_middle(cut, middle, search, &head)
                        : find_anywhere(cut, search, &head, reframed);
        if (r <= 0)
                return r;
        r = search_part(cut, search, head, &best, &fits);
        if (r <= 0 || !is_better(&best, fits, middle, right_shape, cut->rules))
                return MIN(r, 0);
        reframed->framed = true;
        reframed->few_pixels = best.window.width < ZOOM_MIN * PHOTO_WIDTH;
        take(&best, middle);
        return 0;
}

int reframe(Cut *cut, View *middle, bool right_shape, const FaceSearch *search, Reframed *ret)
{
        _cleanup_(reframed_done) Reframed reframed = {};
        int r = right_shape ? view_measure(middle, search, cut->rules) : 0;

        if (r >= 0 && search->models && !leave_alone(cut, middle, right_shape))
                r = look_further(cut, middle, right_shape, search, &reframed);
        /* The middle of another shape is looked at only where nothing better was found. */
        if (r >= 0 && !right_shape && !reframed.framed)
                r = view_measure(middle, search, cut->rules);
        if (r < 0)
                return r;
        reframed.upright = search->models && has_eyes(&middle->face, search->models);
        take(middle, &reframed.view);
        *ret = reframed;
        reframed = (Reframed){};
        return 0;
}

/* ---- pictures that do not stand upright ---- */

/* A quarter turn clockwise. */
static int turn(Survey *survey)
{
        uint32_t w = survey->width, h = survey->height;
        uint8_t *turned = malloc((size_t)w * h);

        if (!turned)
                return -ENOMEM;
        for (uint32_t y = 0; y < w; y++)
                for (uint32_t x = 0; x < h; x++)
                        turned[(size_t)y * h + x] = survey->luma[(size_t)(h - 1 - x) * w + y];
        free(survey->luma);
        survey->luma = turned;
        survey->width = h;
        survey->height = w;
        return 0;
}

int reframe_find_turned(Cut *cut, const PhotoModels *models, unsigned *ret_quarters)
{
        _cleanup_(survey_done) Survey survey = {};
        const FaceSearch search = {.models = models};
        double largest = 0;
        int r = survey_make(cut, &survey);

        *ret_quarters = 0;
        for (unsigned quarters = 1; quarters < 4 && r >= 0; quarters++) {
                r = turn(&survey);
                if (r >= 0)
                        r = face_find(&search, survey.luma, survey.width, survey.height,
                                      &survey.face);
                if (r < 0 || !has_eyes(&survey.face, models) ||
                    survey.face.boxes[0].size <= largest)
                        continue;
                largest = survey.face.boxes[0].size;
                *ret_quarters = quarters;
        }
        return MIN(r, 0);
}
