/* SPDX-License-Identifier: MIT */
#include "reasontable.h"

#define ROW(symbol, quantity_, en_title, en_advice, zh_title, zh_advice) \
        [REASON_##symbol] = { \
                .quantity = QUANTITY_##quantity_, \
                .text = {[LANGUAGE_EN] = {en_title, en_advice}, \
                         [LANGUAGE_ZH] = {zh_title, zh_advice}}, \
        }

#define DECISION(symbol, folder, en_title, en_advice, zh_title, zh_advice) \
        [REASON_##symbol] = { \
                .quantity = QUANTITY_NONE, \
                .folder_zh = folder, \
                .text = {[LANGUAGE_EN] = {en_title, en_advice}, \
                         [LANGUAGE_ZH] = {zh_title, zh_advice}}, \
        }

/* Said of every format that a phone or program can save as JPEG. */
#define SAVE_AS_JPEG_EN \
        "Renaming to .jpg does not help: open it and save it as JPEG, then send that."
#define SAVE_AS_JPEG_ZH "只改扩展名没有用：请用看图软件打开，“另存为”JPEG（.jpg）格式后重新提交。"
#define ORIGINAL_EN     "Send the photo as it came from the camera, not a copy from a chat."
#define ORIGINAL_ZH     "请提交相机或手机拍摄的原图，不要用聊天软件转发过的图。"

/* One row is one reason, its lines in one order. */
/* clang-format off */
const ReasonRow reason_table[_REASON_MAX] = {
        /* ---- the file: what it is ---- */
        ROW(EMPTY_FILE, BYTES, "The file is empty.",
            "The copy was interrupted, or the file was already empty. Look at it on your computer "
            "and copy it again.",
            "文件是空的（0 字节）。",
            "可能是复制中断，或原文件本身就是空的。请在电脑上检查后重新复制。"),
        ROW(FILE_TOO_LARGE, MEGABYTES, "The file is too large.",
            "Set the camera or phone to save normal JPEG photos, or save the photo again as JPEG "
            "at the same size in pixels.",
            "文件太大。",
            "请将相机或手机设为普通 JPEG 格式，或保持像素尺寸不变，另存为 JPEG 后重新提交。"),
        ROW(NOT_A_PHOTO, NONE, "This is not a photo.",
            "Send the student's photo as a JPEG file (.jpg). Other files do not belong in this "
            "folder.",
            "这不是照片文件。", "请提交学生照片的 JPEG 文件（.jpg），其他文件请不要放入本文件夹。"),
        ROW(FORMAT_HEIC, NONE, "The photo is in HEIC format, the iPhone's own, not JPEG.",
            "On the iPhone: Settings, Camera, Formats, Most Compatible, then take the photo again. "
            "For a photo already taken: "
            "Settings, Photos, Transfer to Mac or PC, Automatic, then copy it by cable again. "
            "Renaming to .jpg does not help.",
            "照片是苹果手机的 HEIC 格式，不是 JPEG。",
            "苹果手机：设置→相机→格式→选“兼容性最佳”，然后重新拍摄。已拍好的照片：设置→照片→“传输到"
            " Mac 或 PC”选“自动”，"
            "再用数据线重新导出。只把扩展名改成 .jpg 没有用。"),
        ROW(FORMAT_AVIF, NONE, "The picture is in AVIF format, not JPEG.", SAVE_AS_JPEG_EN,
            "图片是 AVIF 格式，不是 JPEG。", SAVE_AS_JPEG_ZH),
        ROW(FORMAT_PNG, NONE, "The picture is in PNG format, not JPEG. PNG is often a screenshot.",
            "Do not send a screenshot. Send the photo itself as JPEG; renaming to .jpg does not "
            "help.",
            "图片是 PNG 格式，不是 JPEG（PNG 常常是截图）。",
            "请不要提交截图，请提交照片原图的 JPEG 文件；只改扩展名没有用。"),
        ROW(FORMAT_WEBP, NONE,
            "The picture is in WebP format, not JPEG. WebP usually comes from a web page or a "
            "chat.",
            ORIGINAL_EN " It must be a JPEG; renaming to .jpg does not help.",
            "图片是 WebP 格式，不是 JPEG（多半来自网页或聊天软件）。",
            ORIGINAL_ZH "格式须为 JPEG，只改扩展名没有用。"),
        ROW(FORMAT_GIF, NONE,
            "The picture is in GIF format, which has too few colours for a photo.",
            ORIGINAL_EN, "图片是 GIF 格式，颜色数不够，不能用作照片。",
            ORIGINAL_ZH),
        ROW(FORMAT_BMP, NONE, "The picture is in BMP format, not JPEG.", SAVE_AS_JPEG_EN,
            "图片是 BMP 格式，不是 JPEG。", SAVE_AS_JPEG_ZH),
        ROW(FORMAT_TIFF, NONE, "The picture is in TIFF format, not JPEG.",
            "Ask the photographer for a JPEG, or save it as JPEG; renaming to .jpg does not help.",
            "图片是 TIFF 格式，不是 JPEG。",
            "请向照相馆索取 JPEG 文件，或另存为 JPEG 后重新提交；只改扩展名没有用。"),
        ROW(FORMAT_JPEG2000, NONE,
            "The picture is in JPEG 2000 format, which is not JPEG in spite of its name.",
            SAVE_AS_JPEG_EN, "图片是 JPEG 2000 格式，与 JPEG 不是同一种格式。", SAVE_AS_JPEG_ZH),
        ROW(FORMAT_JPEGXL, NONE,
            "The picture is in JPEG XL format, which is not JPEG in spite of its name.",
            SAVE_AS_JPEG_EN, "图片是 JPEG XL 格式，与 JPEG 不是同一种格式。", SAVE_AS_JPEG_ZH),
        ROW(FORMAT_ICON, NONE, "This is an icon, not a photo.",
            "Send the student's photo as a JPEG file.", "这是图标文件，不是照片。",
            "请提交学生照片的 JPEG 文件。"),
        ROW(FORMAT_NETPBM, NONE, "The picture is in PNM format, not JPEG.", SAVE_AS_JPEG_EN,
            "图片是 PNM 格式，不是 JPEG。", SAVE_AS_JPEG_ZH),
        ROW(FORMAT_TGA, NONE, "The picture is in TGA format, not JPEG.", SAVE_AS_JPEG_EN,
            "图片是 TGA 格式，不是 JPEG。", SAVE_AS_JPEG_ZH),
        ROW(FORMAT_PSD, NONE, "This is a Photoshop document, not a photo.",
            "Ask for the photo as JPEG. It must show the student as the camera did: no retouching.",
            "这是 Photoshop 文档（PSD），不是照片。",
            "请索取 JPEG 照片。照片应真实反映本人相貌，不得美颜、修图。"),
        ROW(FORMAT_RAW, NONE, "This is a camera's raw file, not JPEG.",
            "Set the camera to save JPEG, or let the photographer's program export it as JPEG.",
            "这是相机的 RAW 原始文件，不是 JPEG。",
            "请将相机设为 JPEG 格式，或由摄影软件导出 JPEG 后提交。"),
        ROW(FORMAT_PDF, NONE, "This is a PDF document, not a photo.",
            "Send the photo itself as JPEG, not a scan or a document with the photo in it.",
            "这是 PDF 文档，不是照片。",
            "请提交照片原图的 JPEG 文件，不要提交扫描件或含照片的文档。"),
        ROW(FORMAT_VIDEO, NONE, "This is a video, not a photo.",
            "Send a photo as JPEG. An iPhone's Live Photo has a JPEG or HEIC picture beside the "
            "video.",
            "这是视频，不是照片。",
            "请提交 JPEG 照片。苹果手机的“实况照片”请关闭“实况”后重新拍摄。"),
        ROW(FORMAT_TEXT, NONE, "This is a text file or a web page, not a photo.",
            "A download may have failed and saved an error page. Get the photo again and send it "
            "as JPEG.",
            "这是文本或网页，不是照片。",
            "可能是下载失败，存下了错误页面。请重新下载照片，以 JPEG 格式提交。"),
        ROW(FORMAT_ARCHIVE, NONE, "This is a packed file (zip, rar, 7z), not a photo.",
            "Unpack it and send the photos in it.", "这是压缩包，不是照片。",
            "请先解压，再提交里面的照片。"),
        ROW(FORMAT_OFFICE, NONE, "This is a Word, Excel or similar document, not a photo.",
            "Send the photo itself as JPEG. A photo pasted into a document has lost quality: use "
            "the original.",
            "这是 Word、Excel 等办公文档，不是照片。",
            "请提交照片的 JPEG 原图。粘贴到文档里的照片已损失画质，请不要从文档中导出。"),
        ROW(FORMAT_PROGRAM, NONE, "This is a program, not a photo.",
            "Do not open it. Have your computer checked for viruses, then send the student's photo "
            "as JPEG.",
            "这是程序文件，不是照片。",
            "请不要打开它，先查杀电脑病毒，再提交学生照片的 JPEG 文件。"),
        ROW(BLANK_FILE, NONE,
            "The file holds nothing but zeros: the copy was interrupted, or the memory card is "
            "damaged.",
            "Look at the file on your computer. If it opens there, copy it again; if not, take the "
            "photo again.",
            "文件内容全为零：复制中断或存储卡损坏。",
            "请在电脑上打开检查：能打开就重新复制，打不开则须重新拍摄。"),

        /* ---- the JPEG: whether it can be read ---- */
        ROW(TRUNCATED, NONE, "The photo is incomplete: its lower part is missing.",
            "The copy was interrupted. Copy it again from the phone or camera, and wait until it "
            "is finished.",
            "照片不完整，后面一部分数据丢失。",
            "多半是复制或传输中断。请从手机或相机重新复制，等复制完成后再提交。"),
        ROW(CORRUPT, NONE, "The photo is damaged and cannot be read without errors.",
            "Copy it again from the phone or camera. If that does not help, take the photo again.",
            "照片文件已损坏，无法正确读取。", "请从手机或相机重新复制；如仍不行，则须重新拍摄。"),
        ROW(UNSUPPORTED_JPEG, NONE,
            "The photo is an unusual kind of JPEG that the registration platform cannot use.",
            "Open it in a picture viewer, save it as an ordinary JPEG at best quality, and send "
            "that.",
            "照片采用了少见的 JPEG 编码，学历平台无法使用。",
            "请用看图软件打开，以最高质量另存为普通 JPEG 后重新提交。"),
        ROW(TWELVE_BIT, NONE,
            "The photo is a 12-bit JPEG; 24-bit colour (8 bits a channel) is required.",
            "Save it as an ordinary 8-bit JPEG and send that.",
            "照片是 12 位 JPEG，要求 24 位真彩色（每通道 8 位）。",
            "请另存为普通 8 位 JPEG 后重新提交。"),
        ROW(GREY_JPEG, NONE, "The photo is stored in black and white; a colour photo is required.",
            "Send the colour original. Check that the camera is not set to black and white.",
            "照片是黑白（灰度）图，要求 24 位真彩色。",
            "请提交彩色原图，并检查相机是否设成了黑白模式。"),
        ROW(CMYK, NONE, "The photo is stored in printing colours (CMYK).",
            "Ask the photographer for the photo in sRGB, as JPEG.",
            "照片是印刷用的 CMYK 颜色模式。", "请照相馆提供 sRGB 颜色模式的 JPEG 文件。"),
        ROW(TOO_MANY_SCANS, SCANS,
            "The JPEG is built in a way that overloads programs that read it.",
            "Open it in a picture viewer, save it as an ordinary JPEG, and send that.",
            "该 JPEG 的结构异常，可能使读取程序失去响应。",
            "请用看图软件打开，另存为普通 JPEG 后重新提交。"),
        ROW(TOO_MANY_PIXELS, MEGAPIXELS, "The picture has too many pixels.",
            "Set the camera or phone to its normal resolution, such as 12 million pixels.",
            "图片像素过多。", "请将相机或手机设为普通分辨率（例如 1200 万像素）后重新拍摄。"),
        ROW(TOO_SMALL, SIZE, "The photo has too few pixels.",
            "Send the original in full size. Enlarging a small picture is not allowed and would "
            "look blurred.",
            "照片像素不足。", "请提交原尺寸的原图。不得把小图放大，放大后会模糊。"),
        ROW(ASPECT_RATIO, NONE, "The photo does not have the shape 3:4 (width to height).",
            "Send the original that was not cut, with one person and room around the head; or cut it "
            "to 3:4 with the whole head and shoulders in it. Never stretch it.",
            "照片宽高比不是 3:4。",
            "请提交未经裁剪、只有一人且头部四周留有空间的原图；或按 3:4 裁剪，头顶和双肩完整。切勿拉伸变形。"),
        ROW(LANDSCAPE, SIZE,
            "The photo is wider than it is high: it lies on its side, or was taken with the "
            "camera held sideways.",
            "If it lies on its side, turn it upright with the camera's or phone's own viewer. "
            "Otherwise take it again with the camera held upright.",
            "照片为横向：方向有误，或为横拍。",
            "若只是方向不对，请在手机或相机自带的相册中转正；若是横拍，请竖着重新拍摄。"),
        ROW(MIRRORED, NONE,
            "The photo is mirrored, as a front camera saves it. Mirrored photos are forbidden.",
            "Take it with the rear camera, or switch off mirroring of the front camera. Let "
            "somebody else hold the phone.",
            "照片为左右镜像（多为前置摄像头自拍），不符合规定。",
            "请他人用后置摄像头拍摄，或关闭前置镜头的“镜像自拍”后重新拍摄。"),
        ROW(SEVERAL_PICTURES, NONE, "The file holds several pictures or an animation.",
            "Send one still photo of the student, each photo in a file of its own.",
            "文件中有多张图片或为动图。", "请提交一张静态照片，每个文件只放一张。"),
        ROW(NOT_UPRIGHT, DEGREES, "The photo lies on its side.",
            "Turn it upright with the camera's or phone's own viewer, save it, and send it again.",
            "照片横放，未转正。",
            "请在手机或相机自带的相册中将照片转正，保存后重新提交。"),
        ROW(INPUT_QUALITY, QUALITY, "The photo was compressed too much before it was sent.",
            ORIGINAL_EN " If a chat is the only way, choose to send the \"original\".",
            "照片提交前压缩过度，画质不足。", ORIGINAL_ZH "只能用聊天软件传输时，请勾选“原图”。"),
        ROW(RECOMPRESSED, NONE,
            "The photo shows square blocks: it was compressed heavily, perhaps several times.",
            ORIGINAL_EN " If a chat is the only way, choose to send the \"original\".",
            "照片有方块状痕迹：曾被严重压缩，可能压缩过多次。",
            ORIGINAL_ZH "只能用聊天软件传输时，请勾选“原图”。"),
        ROW(OUTPUT_TOO_LARGE, BYTES,
            "The finished photo stays above the allowed file size even at the lowest allowed "
            "quality: it is very noisy or full of pattern.",
            "Take it again with more light and a plain background.",
            "即使用允许的最低质量压缩，成品仍超过规定大小：画面噪点或花纹太多。",
            "请在光线充足处、用纯色背景重新拍摄。"),
        ROW(OUTPUT_TOO_SMALL, BYTES,
            "The finished photo stays below the allowed file size even at the best quality: it "
            "holds almost no detail.",
            "Send a sharp original. Drawings, blurred and smoothed pictures cannot be used.",
            "即使用最高质量压缩，成品仍小于规定大小：画面几乎没有细节。",
            "请提交清晰的原图。绘图、模糊或磨皮过度的图片不能使用。"),
        ROW(EXAMINER_CRASHED, NONE,
            "The photo could not be examined: the program that reads it failed on it.",
            "Open it in a picture viewer, save it as an ordinary JPEG, and send that.",
            "照片无法检查：读取程序处理该文件时出错。",
            "请用看图软件打开，另存为普通 JPEG 后重新提交。"),
        ROW(EXAMINER_TIMEOUT, SECONDS, "The photo could not be examined in time.",
            "Open it in a picture viewer, save it as an ordinary JPEG, and send that.",
            "照片在规定时间内未能检查完。", "请用看图软件打开，另存为普通 JPEG 后重新提交。"),
        ROW(EXAMINER_MEMORY, MEGABYTES, "The photo needs too much memory to be examined.",
            "Open it in a picture viewer, save it as an ordinary JPEG, and send that.",
            "检查该照片所需内存过大。", "请用看图软件打开，另存为普通 JPEG 后重新提交。"),

        /* ---- the JPEG: what was put right ---- */
        ROW(TURNED_UPRIGHT, DEGREES, "Turned upright, as the camera recorded.", "",
            "已按相机记录的方向转正。", ""),
        ROW(CROPPED, SIZE, "Cut to exactly 3:4 at the edges.", "", "已裁去边缘，成为标准 3:4。", ""),
        ROW(FRAMED, SIZE, "Cut so that head and eyes are where the standard wants them.", "",
            "已按标准规定的头部和眼睛位置裁剪。", ""),
        ROW(RESIZED, SIZE, "Reduced to 480 x 640 pixels.", "", "已缩小到 480×640 像素。", ""),
        ROW(RECODED, QUALITY, "Compressed into the allowed file size.", "",
            "已压缩到规定的文件大小。", ""),
        ROW(DENSITY_SET, NONE, "Resolution set to 300 dpi.", "", "已将分辨率设为 300 dpi。", ""),
        ROW(METADATA_REMOVED, BYTES, "Place, device and other hidden data removed.", "",
            "已去除位置、设备等隐藏信息。", ""),
        ROW(ODDITIES_IGNORED, NONE, "Harmless errors of the file were ignored; no pixel changed.", "",
            "文件中有不影响画面的格式错误，已忽略。", ""),
        ROW(TAIL_REMOVED, BYTES, "Extra data after the picture removed.", "",
            "已去除图像之后的多余数据。", ""),
        ROW(CONVERTED, NONE, "Converted to JPEG from another format.", "",
            "已由其他格式转换为 JPEG。", ""),
        ROW(TRANSPARENCY_FILLED, NONE, "Transparent parts filled with white.", "",
            "透明部分已填充为白色。", ""),
        ROW(COLOUR_CONVERTED, NONE, "Colours converted to sRGB.", "", "已将颜色转换为 sRGB。", ""),
        ROW(COLOUR_PROFILE_IGNORED, NONE,
            "The photo's colour profile is damaged and was ignored; check the colours.",
            "Compare the colours with the original. If they look wrong, save the photo as sRGB "
            "JPEG and send it again.",
            "照片的颜色配置文件已损坏，未予采用；请留意颜色。",
            "请与原图对比颜色；如有偏差，请另存为 sRGB 的 JPEG 后重新提交。"),

        /* ---- the picture ---- */
        ROW(BLANK_PICTURE, NONE, "The picture is empty: one colour, nothing in it.",
            "Send the student's photo.", "图片是空白的，只有一种颜色。", "请提交学生本人的照片。"),
        ROW(GREY_PICTURE, NONE, "The picture is black and white; a colour photo is required.",
            "Send the colour original, without filters.", "照片是黑白的，要求彩色照片。",
            "请提交彩色原图，不要使用滤镜。"),
        ROW(SEPIA, NONE, "The picture has one tint only, like an old photo.",
            "Send a colour photo without filters.", "照片只有一种色调（类似怀旧效果）。",
            "请提交未加滤镜的彩色照片。"),
        ROW(BLUR, NONE, "The photo is not sharp.",
            "Hold the camera still, focus on the eyes, use more light, and do not photograph a "
            "print or enlarge a small picture.",
            "照片清晰度不合格（模糊）。",
            "请拿稳相机、对焦眼睛、光线充足；不要翻拍旧照，也不要放大小图。"),
        ROW(EXPOSURE_OVER, PERCENT, "The face is too bright; detail is lost.",
            "Use less or softer light, or lower the exposure on the phone, and take the photo "
            "again.",
            "面部过亮（过曝），细节丢失。", "请减弱或柔化光线，或调低手机曝光后重新拍摄。"),
        ROW(EXPOSURE_UNDER, NONE, "The face is too dark.",
            "Use more light from the front, with no window behind the student, and take the photo "
            "again.",
            "面部过暗（欠曝）。", "请增加正面光线，不要背对窗户，重新拍摄。"),
        ROW(LOW_CONTRAST, NONE, "The face has little contrast.",
            "Clean the lens, avoid haze and back light, and use no softening filter.",
            "面部对比度低，画面发灰。", "请擦净镜头，避免逆光，不要使用柔光滤镜。"),
        ROW(COLOUR_CAST, NONE, "The colours look shifted.",
            "Use daylight or white lamps, automatic white balance and no filter.", "照片偏色。",
            "请用自然光或白光灯拍摄，白平衡设为自动，不要加滤镜。"),
        ROW(SIDE_LIGHT, NONE, "One side of the face is much darker than the other.",
            "Light both sides alike: two lamps at 45 degrees left and right, or face the window.",
            "左右脸明暗不均（阴阳脸）。", "请让两侧光线一致：左右 45 度各一盏灯，或面向窗户拍摄。"),
        ROW(NOISE, NONE, "The photo is grainy.", "Use more light and take the photo again.",
            "照片噪点多。", "请在光线充足处重新拍摄。"),
        ROW(BACKDROP_COLOUR, NONE, "The background has the wrong colour.",
            "Use a plain light blue, white or light grey background, as the notice of this batch "
            "demands.",
            "背景颜色不符合要求。", "请按本批次通知的要求，使用纯色背景（浅蓝、白或浅灰）拍摄。"),
        ROW(BACKDROP_UNEVEN, NONE,
            "The background is not even: shadow, gradient, pattern, or something in it.",
            "Use a plain wall or cloth, light it evenly, and have the student stand about 1 m in "
            "front of it. Do not replace the background by software.",
            "背景不均匀：有阴影、渐变、花纹或他物。",
            "请用纯色墙面或背景布，人离背景约 1 米，光线均匀；请不要用软件抠图换背景。"),
        ROW(BORDER, PERCENT, "The picture has a frame, a bar or a gap at its edge.",
            "Send the picture without frame, text or margin.", "图片边缘有边框、色条或缝隙。",
            "请提交没有边框、文字和留白的照片。"),
        ROW(HEAD_TOP, PIXELS,
            "The top of the head is too high or too low in the picture.",
            "Cut the photo again with the head where the guide lines of the page show it.",
            "头顶距离上边沿不合格。", "请按总览页面上的参考线重新裁剪。"),
        ROW(EYE_LINE, PIXELS,
            "The eyes are too high or too low in the picture.",
            "Cut the photo again with the eyes where the guide lines of the page show them.",
            "眼睛距离上边沿不合格。", "请按总览页面上的参考线重新裁剪。"),
        ROW(FACE_WIDTH, PIXELS, "The face is too large or too small in the picture.",
            "Go nearer or farther, or cut the photo again as the guide lines of the page show it.",
            "脸部宽度不合格。", "请调整拍摄距离，或按总览页面上的参考线重新裁剪。"),
        ROW(OFF_CENTRE, PIXELS, "The face is not in the middle of the picture.",
            "Cut the photo again with the nose on the middle line.", "人像没有左右居中。",
            "请重新裁剪，使鼻子对准画面中线。"),
        ROW(HEAD_TILT, DEGREES, "The head is tilted.",
            "Hold the head straight, both eyes at one height. Take it again; do not turn the "
            "picture by software.",
            "头部倾斜，双眼不水平。", "请摆正头部、双眼平视，重新拍摄；不要用软件旋转照片。"),
        ROW(SHOULDERS, PERCENT, "The shoulders are not in the picture.",
            "Step back so that both shoulders can be seen.", "身体部分露出较少，未见双肩。",
            "请退后一些，露出双肩。"),
        ROW(PALE_CLOTHES, PERCENT, "The clothes have nearly the colour of the background.",
            "Wear something darker, or stand before a blue background, and take it again.",
            "衣服颜色与背景相近，肩部难以分辨。", "请换深色衣服，或改用蓝色背景，重新拍摄。"),
        ROW(NO_FACE, FACES, "No face was found.",
            "Send an upright portrait, facing the camera, without hat, mask or dark glasses.",
            "未检测到人脸。", "请提交正面免冠照，头朝上，不戴帽子、口罩和墨镜。"),
        ROW(SEVERAL_FACES, FACES, "More than one face is in the picture.",
            "Only the student may be in the picture. There must be no other people or portraits "
            "in the background.",
            "照片中不止一张人脸。", "照片中只能有学生本人，背景中也不要有他人或画像。"),
        ROW(EYES_NOT_FOUND, NONE, "The eyes could not be made out.",
            "Take it with both eyes open, no hair over them, no reflections on glasses and no "
            "dark glasses.",
            "未能识别眼睛。", "请自然睁开双眼，头发不遮眼，眼镜不反光，不戴有色眼镜。"),
        ROW(RED_EYE, NONE, "The eyes look red from the flash.",
            "Take it again without flash. Do not retouch it.", "有红眼。",
            "请关闭闪光灯重新拍摄，不要后期修图。"),
        ROW(FACE_COVERED, PERCENT, "Part of the face seems to be covered.",
            "Take off mask or scarf, and take it again with the whole face to be seen.",
            "面部可能有遮挡。", "请摘下口罩、围巾等，露出整个面部重新拍摄。"),
        ROW(FACE_NOT_CHECKED, NONE,
            "Face and eyes were not checked: the files of the face detector are not installed.",
            "Check the position of head and eyes yourself.",
            "未检查人脸和眼睛（系统未安装人脸检测文件）。", "请人工核对头部和眼睛的位置。"),
        ROW(COLLECTION_CODE, NONE,
            "This is a screenshot of the collection code (QR code), not a photo.",
            "Send the student's photo. The code is for the photographer only: do not pass it on.",
            "这是采集码（二维码）截图，不是照片。",
            "请提交学生本人的照片。采集码仅供采集照片时使用，请勿转发给他人。"),
        ROW(SCREENSHOT, NONE, "This is a screenshot, not the photo itself.",
            "Send the photo as the camera saved it. A screenshot has fewer pixels and other "
            "colours.",
            "这是手机截图，不是照片原图。", "请提交相机或手机拍摄的原图；截图的像素和颜色都有损失。"),
        ROW(OLD_PHOTO, DAYS, "The camera's date says that the photo is old.",
            "The photo should be taken within a year before graduation. If the camera's clock was "
            "wrong, nothing needs to be done.",
            "按相机记录的日期，照片拍摄较早。",
            "应使用毕业前一年内的近期照片。若只是相机时间不准，可不处理。"),

        /* ---- the name: whose photo it is ---- */
        ROW(NAME_NO_NUMBER, NONE,
            "The file name holds no ID number, so it cannot be told whose photo this is.",
            "Rename the file here to the student's 18-digit ID number and .jpg; it is checked "
            "again at once.",
            "文件名中没有身份证号，无法确定是谁的照片。",
            "请在此处直接把文件名改为学生的 18 位身份证号加 .jpg，改名后会立即重新检查。"),
        ROW(NAME_TWO_NUMBERS, NONE, "The file name holds two different ID numbers.",
            "Rename the file here so that it has only the number of the student in the picture; "
            "it is checked again at once.",
            "文件名中有两个不同的身份证号。",
            "请在此处改名，只保留照片中学生本人的身份证号，系统会立即重新检查。"),
        ROW(NUMBER_CHECK_DIGIT, NONE,
            "The ID number in the file name has a mistake in it: its last digit does not fit the "
            "others.",
            "Compare it digit by digit with the ID card, and rename the file here.",
            "文件名中的身份证号有误：校验码（最后一位）不符。",
            "请对照身份证逐位核对，在此处改名即可，系统会立即重新检查。"),
        ROW(NUMBER_DATE, NONE,
            "The date of birth in the ID number (digits 7 to 14) does not exist.",
            "Compare it with the ID card, and rename the file here.",
            "身份证号中的出生日期（第 7～14 位）不存在。",
            "请对照身份证核对，在此处改名即可，系统会立即重新检查。"),
        ROW(NUMBER_FUTURE, NONE,
            "The date of birth in the ID number (digits 7 to 14) lies in the future.",
            "Compare it with the ID card, and rename the file here.",
            "身份证号中的出生日期（第 7～14 位）晚于今天。",
            "请对照身份证核对，在此处改名即可，系统会立即重新检查。"),
        ROW(NUMBER_REGION, NONE, "The ID number begins with a region that does not exist.",
            "Compare the first six digits with the ID card, and rename the file here. Is it "
            "another kind of document? Then its number must be on the roster: tell the head "
            "office.",
            "身份证号开头的地区代码不存在。",
            "请对照身份证核对前 6 "
            "位，在此处改名即可。如果是其他证件，其号码须先列入名册，请联系省校。"),
        ROW(NUMBER_SPREADSHEET_ZEROS, NONE,
            "The ID number ends in 000: a spreadsheet program has rounded it.",
            "The last three digits are lost. Rename the file here to the number on the ID card. "
            "In spreadsheets, set the column to Text before typing numbers.",
            "身份证号末三位变成了 000：被电子表格（Excel）改坏了。",
            "末三位已丢失，请以身份证为准在此处改名。在表格中录入前，请先把该列设为“文本”格式。"),
        ROW(NUMBER_SPREADSHEET_EXPONENT, NONE,
            "The file name holds a number such as 2.1E+17: a spreadsheet program has spoilt the ID "
            "number.",
            "Rename the file here to the number on the ID card. In spreadsheets, set the column "
            "to Text before typing numbers.",
            "文件名中是 2.1E+17 一类的数字：身份证号被电子表格（Excel）改坏了。",
            "请以身份证为准在此处改名。在表格中录入前，请先把该列设为“文本”格式。"),
        ROW(NUMBER_LENGTH, NONE,
            "The number in the file name does not have 18 digits: one is missing or too many.",
            "Compare it with the ID card, and rename the file here. Put a space or underscore "
            "between it and any other number, such as a telephone number.",
            "文件名中的号码不是 18 位：多了或少了数字。",
            "请对照身份证核对，在此处改名即可。与其他数字（如电话）之间请用空格或下划线隔开。"),
        ROW(NUMBER_LEGACY_UNKNOWN, NONE,
            "The file name holds an old 15-digit ID number that belongs to nobody on the roster.",
            "Rename the file here to the 18-digit number of the present ID card.",
            "文件名中是 15 位旧身份证号，名册中没有对应的学生。",
            "请在此处把文件名改为现用身份证上的 18 位号码。"),
        ROW(NOT_ON_ROSTER, NONE,
            "This number is not on this teaching point's roster for this batch.",
            "Check the number. If it is right, ask the head office to add the student to the "
            "roster, then rename or send the photo again.",
            "该号码不在本教学点本批次的名册中。",
            "请核对号码。如号码无误，请联系省校将学生补入名册，然后在此处改名或重新提交。"),
        ROW(NAME_AMBIGUOUS, NONE, "The name fits more than one student on the roster.",
            "Rename the file here to the student's ID number.",
            "名册中有多名学生与该文件名相符（如重名）。",
            "请在此处把文件名改为学生的 18 位身份证号。"),
        ROW(NAME_OF_ANOTHER, NONE,
            "The name in the file name is not this student's.",
            "Check whose photo it is. If it is another student's, delete it here and send it "
            "again under the right number.",
            "文件名中的姓名不是该学生的姓名。",
            "请核对照片属于谁。如属于另一名学生，请在此处删除，并以正确的号码重新提交。"),
        ROW(NUMBER_TWICE_ON_ROSTER, NONE,
            "The roster holds this ID number twice, with different student numbers.",
            "Rename the file here to the student number (学号) that the photo is for.",
            "名册中该身份证号出现两次（两个学籍）。", "请在此处把文件名改为对应学籍的学号。"),

        /* ---- the state of the student ---- */
        ROW(SAME_PICTURE, NONE, "The same picture was already sent for another student.",
            "Check which of the two students it shows, and send the right photo for the other.",
            "同一张照片已提交给另一名学生。", "请核对照片属于谁，并为另一名学生提交其本人的照片。"),
        ROW(ALREADY_APPROVED, NONE,
            "This student's photo is already approved, so it is not replaced.",
            "Nothing needs to be done. If the approved photo is wrong, ask the head office to "
            "reopen it, then send the right one.",
            "该学生的照片已审核通过，不再替换。",
            "无需处理。如已审核通过的照片有误，请联系省校退回待审，再重新提交。"),
        ROW(LOCKED, NONE, "This student's photo has passed the final review and cannot be changed.",
            "Nothing needs to be done; please do not submit it a second time.",
            "该学生的照片已终审通过，不能更改。", "无需处理，请不要重复提交。"),
        ROW(BATCH_CLOSED, NONE, "This batch is closed.",
            "Ask the head office whether the photo can go into the next batch.", "本批次已关闭。",
            "请联系省校，确认能否列入下一批次。"),

        /* ---- storage ---- */
        ROW(UPLOAD_INCOMPLETE, NONE, "The upload broke off: part of the file never arrived.",
            "Copy the file again. If it happens often, check the network and the free space.",
            "上传中断，文件没有传完。", "请重新复制。如经常发生，请检查网络和剩余空间。"),
        ROW(UNDECIDED, NONE, "The file could not be checked, although it was tried several times.",
            "Rename the file here to the student's ID number, or send it again. If that does not "
            "help, tell the head office.",
            "系统多次尝试，仍无法检查此文件。",
            "请在此处把文件名改为学生的身份证号，或重新提交；如仍不行，请告知省校。"),

        /* ---- what people decide ---- */
        DECISION(EYES_CLOSED, "闭眼", "The eyes are closed or do not look at the camera.",
                 "Take it again: both eyes open, looking straight ahead.", "闭眼或未平视镜头。",
                 "请自然睁开双眼、平视镜头，重新拍摄。"),
        DECISION(HAIR, "头发遮挡", "Hair covers the eyebrows, the eyes or the ears.",
                 "Put the hair back, so that brows, eyes and ears can be seen, and take it again.",
                 "头发遮挡眉毛、眼睛或耳朵。", "请把头发梳开，露出眉毛、眼睛和耳朵，重新拍摄。"),
        DECISION(GLASSES_REFLECTION, "眼镜反光", "The glasses reflect light.",
                 "Move the lamps or tilt the glasses slightly downwards until nothing shines, "
                 "keep the head straight, and take the photo again.",
                 "眼镜反光。", "请调整灯光位置或略微下压镜架，头部保持端正，重新拍摄。"),
        DECISION(GLASSES, "眼镜不合格",
                 "The glasses are tinted, their frame covers the eyes or brows, or the lenses "
                 "distort the face.",
                 "Wear clear glasses with a narrow frame and no coloured contact lenses, and take "
                 "it again.",
                 "佩戴有色眼镜（含美瞳），镜框过宽遮挡眉眼，或镜片使眼周变形。",
                 "请佩戴无色镜片、窄框的眼镜，不戴美瞳，重新拍摄。"),
        DECISION(CLOTHES_LIKE_BACKDROP, "衣服近背景色",
                 "The clothes are too much like the background.",
                 "Wear something of another colour, ideally a white shirt in front of a blue "
                 "background, and take it again.",
                 "衣服颜色与背景相近。",
                 "请换与背景颜色分明的衣服（建议白衬衫配蓝色背景），重新拍摄。"),
        DECISION(CLOTHES, "衣着不合格",
                 "The clothes are not suitable: stripes or busy patterns, a fur collar, bulky, "
                 "sleeveless or cut too low.",
                 "Wear a plain shirt with a collar and take it again.",
                 "衣着不符合要求（条纹或复杂图案、毛领、臃肿、无袖、过低领等）。",
                 "请穿纯色有领衬衫，重新拍摄。"),
        DECISION(JEWELLERY, "佩戴饰品", "Jewellery can be seen: in the hair, at ears or neck.",
                 "Take off all jewellery and take it again.", "佩戴饰品（发饰、耳环、耳钉、项链等）。",
                 "请取下全部饰品，重新拍摄。"),
        DECISION(HEADWEAR, "帽子围巾", "A hat, cap, scarf or the like is worn.",
                 "Take it off and take the photo again. What is worn for religious or medical "
                 "reasons may stay if it neither covers the face nor casts a shadow on it: tell "
                 "the head office.",
                 "佩戴帽子、围巾等。",
                 "请取下后重新拍摄。因宗教、医疗需要佩戴的，不得遮挡面部或形成阴影，请联系省校说明"
                 "。"),
        DECISION(MAKE_UP, "浓妆", "The make-up is heavy.", "Take it again with little or no "
                                                         "make-up.",
                 "妆容过浓。", "请卸妆或化淡妆后重新拍摄。"),
        DECISION(RETOUCHED, "修图", "The photo was retouched or beautified.",
                 "Send the photo as the camera took it, with no filter and no beauty mode.",
                 "照片经过美颜或修图。", "请提交未经美颜、修图的原始照片。"),
        DECISION(POSE, "姿势不正",
                 "The pose is not straight: head or body turned, chin up or down, shoulders not "
                 "level, ears not both seen.",
                 "Sit straight, face the camera, both ears and level shoulders in view, and take "
                 "it again.",
                 "姿势不端正（侧脸、侧身、抬头低头、双肩不平或未露双耳）。",
                 "请坐正、正对镜头，露出双耳，双肩齐平，重新拍摄。"),
        DECISION(EXPRESSION, "表情",
                 "The expression is not natural: mouth open, teeth seen, a grimace.",
                 "Close the lips, keep a natural expression, and take it again.", "表情不自然（张嘴、露齿等）。",
                 "请自然闭合双唇、表情自然，重新拍摄。"),
        DECISION(LIGHT, "光线",
                 "The light is uneven, or there are highlights or shadows on the face.",
                 "Put one lamp at 45 degrees on each side, use no flash pointed at the face, and "
                 "take it again.",
                 "光线不均（阴阳脸、高光、面部阴影）。",
                 "请左右 45 度各放一盏灯，不要用闪光灯直射面部，重新拍摄。"),
        DECISION(BACKDROP, "背景",
                 "The background is not plain: a shadow, other people or things, a wrong colour.",
                 "Use a plain background of the required colour, about one metre behind the "
                 "student, and take it again.",
                 "背景不合格（有阴影、他人他物或颜色不符）。",
                 "请使用规定颜色的纯色背景，人离背景约 1 米，重新拍摄。"),
        DECISION(OUT_OF_FOCUS, "不清晰", "Face and eyes are out of focus.",
                 "Hold the camera still, let it focus on the eyes, and take it again.",
                 "照片不清晰，面部未对焦。", "请持稳相机、对准眼睛对焦，重新拍摄。"),
        DECISION(COMPOSITION, "构图",
                 "Head and shoulders are not where they should be: too large, too small, too "
                 "high, too low, or not in the middle.",
                 "Cut the photo again as the guide lines of the page show, or take it from "
                 "another distance.",
                 "构图不合格（头部过大、过小、偏高、偏低或未居中）。",
                 "请按总览页面上的参考线重新裁剪，或调整距离重新拍摄。"),
        DECISION(REPHOTOGRAPHED, "翻拍",
                 "This is a photo of a photo, a scan, or the photo taken for admission.",
                 "Take a new photo of the student.", "照片系翻拍、扫描，或为录取（入学）照片。",
                 "请为学生本人重新拍摄。"),
        DECISION(SELFIE, "自拍", "This is a selfie, taken with the front camera.",
                 "Let somebody else take it with the main camera.", "使用前置摄像头自拍。",
                 "请由他人用手机后置摄像头拍摄。"),
        DECISION(FLIPPED, "镜像", "The picture is mirrored or was turned by a program.",
                 "Switch off mirroring of the camera, and send the photo as it was taken.",
                 "照片被镜像翻转或旋转过。", "请关闭相机的镜像功能，提交未经翻转的照片。"),
        DECISION(NOT_THIS_PERSON, "非本人", "This does not seem to be the student.",
                 "Check whose photo and whose ID number it is, and send the student's own photo.",
                 "照片疑似不是学生本人。", "请核对照片与身份证号，提交学生本人的照片。"),
        DECISION(
                WRONG_DETAILS, "信息不符", "Name, ID number or other details do not agree with the "
                                       "register.",
                "Compare them with the ID card and the register, and tell the head office what "
                "must be corrected.",
                "姓名、身份证号等信息与学籍不符。", "请对照身份证和学籍信息核对，并联系省校更正。"),
        DECISION(CENTRE_REFUSED, "采集中心驳回", "The collection centre refused the photo.",
                 "Read in the centre's order why it was refused, correct that and submit the "
                 "photo there again; send the new photo here, too.",
                 "采集中心驳回了照片。",
                 "请在订单中查看驳回原因，按要求更改后重新提交，并把新照片同时交到这里。"),
        DECISION(REGISTRY_QUALITY, "学信网图像质量",
                 "The national register (CHSI) did not take the photo: its quality is not good "
                 "enough.",
                 "Take a new photo, ideally at a professional studio and without retouching, and "
                 "submit it again.",
                 "学信网：图像质量不合格。", "请重新拍摄（建议到专业机构拍摄，不要修图），再重新提交。"),
        DECISION(REGISTRY_FACE_MATCH, "学信网人像比对",
                 "The national register (CHSI) could not match the face with the student's earlier "
                 "photos.",
                 "Take a new photo without retouching or heavy make-up. If it fails again, ask "
                 "the head office to have the identity checked.",
                 "学信网：人像比对未通过。",
                 "请重新拍摄，不要修图，不要化浓妆；如再次未通过，请联系省校办理身份复核。"),
        DECISION(REGISTRY_IDENTITY, "学信网身份核验",
                 "The national register (CHSI) did not confirm the identity.",
                 "Have the student bring the ID card to the head office, where the identity is "
                 "checked by hand.",
                 "学信网：身份核验未通过、不确定或异常。",
                 "请学生携带身份证联系省校，进行人工复核。"),
        DECISION(OTHER, "其他", "The office rejected the photo.",
                 "Read what the reviewer wrote, or ask the head office.", "省校审核未通过。",
                 "请查看审核人员的说明，或联系省校。"),
};
/* clang-format on */
