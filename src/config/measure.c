/* SPDX-License-Identifier: MIT */
#include "measure.h"

#define NOTE(symbol, min_, max_, unit_en, unit_zh, help_en, help_zh) \
        [PHOTO_MEASURE_##symbol] = { \
                .min = min_, \
                .max = max_, \
                .unit = {[LANGUAGE_EN] = unit_en, [LANGUAGE_ZH] = unit_zh}, \
                .help = {[LANGUAGE_EN] = help_en, [LANGUAGE_ZH] = help_zh}, \
        }

/* One row is one measure, its lines in one order. */
/* clang-format off */
const MeasureNote measure_notes[_PHOTO_MEASURE_MAX] = {
        NOTE(SOURCE_QUALITY, 1, 100, "", "",
             "JPEG quality at which the photo was last saved, estimated, 1 to 100.",
             "照片上次保存时的 JPEG 质量（估计值，1 至 100）。"),
        NOTE(BLOCK_EDGE, 0, 100, "", "",
             "How much stronger the steps are on the 8-pixel grid of JPEG than elsewhere; 1 is none.\n"
             "High values tell of a photo that was saved too small before.",
             "JPEG 8 像素网格处的台阶强度与别处之比，1 表示没有块效应；值大说明照片曾被过度压缩。"),
        NOTE(DETAIL, 0, 128, "", "",
             "Standard deviation of the brightness (0 to 255). Almost 0: an empty picture.",
             "亮度（0 至 255）的标准差；接近 0 是空白图。"),
        NOTE(CHROMA, 0, 255, "", "",
             "Mean strength of the colours. Almost 0: a black-and-white picture.",
             "色彩的平均强度；接近 0 是黑白照片。"),
        NOTE(HUE_CONCENTRATION, 0, 1, "", "",
             "How much all hues are one. Almost 1: a tinted black-and-white picture.",
             "色相的集中程度；接近 1 是单色调（如泛黄）照片。"),
        NOTE(SHARPNESS, 0, 100000, "", "",
             "Variance of the Laplacian in the middle of the picture. Low: blurred.",
             "画面中部拉普拉斯算子的方差；值小说明模糊。"),
        NOTE(FACE_BLUR, 0, 1, "", "", "Blur of the face, from 0 (sharp) to 1 (blurred).",
             "面部模糊度，0 清晰，1 模糊。"),
        NOTE(BURNT, 0, 100, "percent", "%", "Part of the face that is burnt out to white.",
             "面部过曝发白部分所占比例。"),
        NOTE(FACE_LIGHT, 0, 100, "", "",
             "Lightness of the cheeks, 0 to 100. High: burnt out. No lower limit: skin may be dark.",
             "面颊明度（0 至 100）；值大说明过曝。不设下限，以免误判深色皮肤。"),
        NOTE(COVERED, 0, 100, "percent", "%",
             "Part of the mouth and its surroundings that is bright and not skin: a mask, a scarf.",
             "口部周围明亮而非肤色的部分所占比例；值大说明戴口罩、围巾等。"),
        NOTE(BRIGHTEST, 0, 255, "", "",
             "Brightness (0 to 255) that all but the brightest 5 percent stay below.\n"
             "Low: underexposed. Not asked where the backdrop has an allowed colour.",
             "除最亮的 5% 以外的最大亮度（0 至 255）；值小说明欠曝。背景颜色合格时不检查。"),
        NOTE(BACKDROP_DISTANCE, 0, 400, "", "",
             "Colour distance of the backdrop from the nearest of 'backdrops'. Tints and other hues\n"
             "count more than shade.",
             "背景与 backdrops 中最接近颜色的色差；偏色比明暗差别计得更重。"),
        NOTE(BACKDROP_SPREAD, 0, 200, "", "",
             "Colour distance from the backdrop's mean colour that 90 percent of it stay below.\n"
             "High: uneven, shadows, folds.",
             "背景中 90% 的像素与背景主色的色差上限；值大说明不均匀、有阴影或皱褶。"),
        NOTE(BACKDROP_ODD, 0, 100, "percent", "%",
             "Part of the backdrop whose colour clearly differs from the rest.",
             "背景中颜色明显不同的部分所占比例。"),
        NOTE(BACKDROP_THINGS, 0, 100, "percent", "%",
             "Part of the backdrop that no shadow explains: objects, pictures, a view.",
             "背景中不是阴影的部分（物品、图案、景物）所占比例。"),
        NOTE(STRAIGHT_STEP, 0, 100, "percent", "%",
             "Longest straight edge along a row or column near the border, of its length.\n"
             "High: a frame, a banner, a letterbox.",
             "靠近边缘处最长直线边缘占整行（列）的比例；值大说明有边框、横幅或黑边。"),
        NOTE(CROWN, 0, PHOTO_HEIGHT, "pixels", "像素",
             "From the upper edge to the top of the head, at 480 x 640.",
             "头顶距上边缘的距离（按 480×640 计）。"),
        NOTE(EYES, 0, PHOTO_HEIGHT, "pixels", "像素",
             "From the upper edge to the line of the eyes, at 480 x 640.",
             "眼睛连线距上边缘的距离（按 480×640 计）。"),
        NOTE(WIDTH, 0, PHOTO_WIDTH, "pixels", "像素",
             "Width of the face between the cheeks, without ears, at 480 x 640.",
             "脸部宽度，不含耳朵（按 480×640 计）。"),
        NOTE(CENTRE, 0, PHOTO_WIDTH / 2, "pixels", "像素",
             "From the middle of the picture to the middle of the face, at 480 x 640.",
             "面部中线偏离画面中线的距离（按 480×640 计）。"),
        NOTE(TILT, 0, 90, "degrees", "度", "Slope of the line through the eyes.",
             "双眼连线的倾斜角度。"),
        NOTE(RED_EYE, 0, 100, "", "", "How much redder an eye is than the cheek (CIELAB a*).",
             "眼睛比面颊偏红的程度（CIELAB a*）。"),
        NOTE(SHINE, 0, 100, "percent", "%",
             "Part of what surrounds an eye that shines without colour. High: glasses reflect.",
             "眼睛周围无色反光部分所占比例；值大说明眼镜反光。"),
        NOTE(FOREHEAD, 0, 100, "percent", "%",
             "Part of the forehead that is not of the cheeks' colour. High: hair or a hat.",
             "额头与面颊颜色不同的部分所占比例；值大说明被头发或帽子遮挡。"),
        NOTE(SHOULDERS, 0, 100, "percent", "%",
             "Part of the last rows that is not backdrop. Low: no shoulders in the picture.",
             "画面底部不是背景的部分所占比例；值小说明没有拍到双肩。"),
        NOTE(CLOTHES, 0, 100, "percent", "%",
             "Part of the last rows that differs from the backdrop, where the clothes must be.\n"
             "Low: clothes of the backdrop's colour.",
             "画面底部衣服处与背景不同的部分所占比例；值小说明衣服颜色与背景相近。"),
        NOTE(CONTRAST, 0, 255, "", "",
             "Contrast of the face: range of brightness without the outer 5 percent. Off unless set;\n"
             "try 60 and more. May wrongly reject dark skin.",
             "面部对比度（去掉两端各 5% 后的亮度范围）。默认不检查；可试 60 以上。可能误判深色皮肤。"),
        NOTE(CAST, 0, 200, "", "",
             "How far the cheeks' colour is from skin in white light. Off unless set; try up to 0.\n"
             "May wrongly reject dark skin.",
             "面颊颜色偏离白光下肤色的程度。默认不检查；可试 0 以下。可能误判深色皮肤。"),
        NOTE(SIDE_LIGHT, 0, 20, "", "",
             "Difference of light between the cheeks in exposure steps. Off unless set; try up to 2.",
             "左右面颊的曝光差（EV 级）。默认不检查；可试 2 以下。"),
        NOTE(GRAIN, 0, 128, "", "",
             "Strength of the grain in the face. Off unless set; try up to 1.5.",
             "面部噪点强度。默认不检查；可试 1.5 以下。"),
};
/* clang-format on */
