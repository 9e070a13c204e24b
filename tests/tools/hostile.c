/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Inputs that are broken, by accident or design: files cut off, files with a bit turned, sizes that
 * no file has, nonsense in every option, outputs that cannot be written. Each case runs the program
 * in a folder of its own; it must end by itself, with status 1 or 2, with a message that names the
 * file or the option and nothing else, and leave the folder as it was. Every case here must fail:
 * a change that may go unseen, as in the coded pixels of a JPEG file, is not among them. */
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cases.h"
#include "damage.h"

enum {
    MEMORY_MAX = 1 << 20, /* KiB of a run */
    CASES_LEAST = 200,
};

/* How each good file is called where it is bad, and the command that meets it. Good files lie in
 * the folder above. */
static const struct {
    const char *bad, *line;
} meetings[GOODS] = {
    [GOOD_MODEL] = {"bad.bin", "info bad.bin"},
    [GOOD_JPEG] = {"bad.jpg", "classify ../m.bin bad.jpg"},
    [GOOD_GREY] = {"bad.jpg", "classify ../m.bin bad.jpg"},
    [GOOD_PNG] = {"bad.png", "classify ../m.bin bad.png"},
    [GOOD_ALPHA] = {"bad.png", "classify ../m.bin bad.png"},
    [GOOD_IMAGES] = {"t10k-images-idx3-ubyte", "evaluate ../m.bin ."},
    [GOOD_LABELS] = {"t10k-labels-idx1-ubyte", "evaluate ../m.bin ."},
    [GOOD_IMAGES_GZ] = {"t10k-images-idx3-ubyte.gz", "evaluate ../m.bin ."},
    [GOOD_NETWORK] = {"bad.icl", "train ../idx --model bad.icl --epochs 1 --quiet -o out.bin"},
};

/* Many cases a row. */
static const struct {
    const char *name;
    Good good;
    Spoil spoil;
    int times;
} damages[] = {
    {"model cut", GOOD_MODEL, spoil_cut, 20},
    {"model flipped", GOOD_MODEL, spoil_flip, 32},
    {"jpeg cut", GOOD_JPEG, spoil_cut, 16},
    {"grey jpeg cut", GOOD_GREY, spoil_cut, 8},
    {"png cut", GOOD_PNG, spoil_cut, 12},
    {"png flipped", GOOD_PNG, spoil_flip, 20},
    {"palette png cut", GOOD_ALPHA, spoil_cut, 8},
    {"palette png flipped", GOOD_ALPHA, spoil_flip, 12},
    {"idx images cut", GOOD_IMAGES, spoil_cut, 8},
    {"idx labels cut", GOOD_LABELS, spoil_cut, 6},
    {"gzip cut", GOOD_IMAGES_GZ, spoil_cut, 8},
    {"gzip flipped", GOOD_IMAGES_GZ, spoil_flip_inside, 12},
};

#define SOF         "\xff\xc0"
#define DHT         "\xff\xc4"
#define SOS         "\xff\xda"
#define BYTES(text) text, sizeof text - 1

/* Bytes put over those of a good file from `at` on (negative: from the end), and what the message
 * says beside the name of the file. `at` counts from behind the first `after`, a marker of two
 * bytes. */
static const struct {
    const char *name;
    Good good;
    int at;
    const char *bytes;
    int size;
    const char *says, *after;
} patches[] = {
    {"model of header length 0", GOOD_MODEL, 0, BYTES("\0\0\0\0\0\0\0\0"), "header"},
    {"model of header length 2^63", GOOD_MODEL, 0, BYTES("\0\0\0\0\0\0\0\x80"), "header"},
    {"model of header length 2^64 - 1", GOOD_MODEL, 0, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"),
     "header"},
    {"model with another checksum", GOOD_MODEL, -1, BYTES("\x55"), "checksum"},
    {"model that is a JPEG", GOOD_MODEL, 0, BYTES("\xff\xd8\xff\xe0"), "not a model file"},
    {"jpeg that is a GIF", GOOD_JPEG, 0, BYTES("GIF89a"), "convert it to JPEG or PNG"},
    {"jpeg that is a WebP", GOOD_JPEG, 0, BYTES("RIFF    WEBP"), "convert it to JPEG or PNG"},
    {"jpeg that is a page", GOOD_JPEG, 0, BYTES("<html><h1>404</h1>"), "an HTML page"},
    {"jpeg without end", GOOD_JPEG, -2, BYTES("\0\0"), "damaged JPEG"},
    {"jpeg with a second start", GOOD_JPEG, 2, BYTES("\xff\xd8"), "damaged JPEG"},
    {"jpeg of a huge segment", GOOD_JPEG, 4, BYTES("\xff\xff"), "damaged JPEG"},
    {"jpeg of an empty segment", GOOD_JPEG, 4, BYTES("\0\0"), "damaged JPEG"},
    {"jpeg of 12 bits", GOOD_JPEG, 2, BYTES("\x0c"), "damaged JPEG", SOF},
    {"jpeg of 65500 x 65500 pixels", GOOD_JPEG, 3, BYTES("\xff\xdc\xff\xdc"),
     "65500 x 65500 pixels", SOF},
    {"jpeg of no rows", GOOD_JPEG, 3, BYTES("\0\0"), "damaged JPEG", SOF},
    {"jpeg of no columns", GOOD_JPEG, 5, BYTES("\0\0"), "damaged JPEG", SOF},
    {"jpeg of no components", GOOD_JPEG, 7, BYTES("\0"), "damaged JPEG", SOF},
    {"jpeg of 255 components", GOOD_JPEG, 7, BYTES("\xff"), "damaged JPEG", SOF},
    {"jpeg of sampling 0", GOOD_JPEG, 9, BYTES("\0"), "damaged JPEG", SOF},
    {"jpeg of sampling 5", GOOD_JPEG, 9, BYTES("\x55"), "damaged JPEG", SOF},
    {"jpeg without its table", GOOD_JPEG, 10, BYTES("\3"), "damaged JPEG", SOF},
    {"jpeg that is lossless", GOOD_JPEG, -2, BYTES("\xff\xc3"), "damaged JPEG", SOF},
    {"jpeg of a full Huffman table", GOOD_JPEG, 3, BYTES("\xff\xff\xff\xff"), "damaged JPEG", DHT},
    {"jpeg of a scan of nothing", GOOD_JPEG, 2, BYTES("\0"), "damaged JPEG", SOS},
    {"jpeg of a scan of strangers", GOOD_JPEG, 3, BYTES("\x77"), "damaged JPEG", SOS},
    {"png with another start", GOOD_PNG, 0, BYTES("\x89PNG\n\n"), "not a JPEG or PNG"},
    {"png of a huge chunk", GOOD_PNG, 8, BYTES("\x7f\xff\xff\xff"), "damaged PNG"},
    {"png with an unknown first chunk", GOOD_PNG, 12, BYTES("XHDR"), "damaged PNG"},
    {"idx of another type", GOOD_IMAGES, 0, BYTES("\0\0\x0d\x03"), "IDX file of bytes"},
    {"idx of no magic", GOOD_IMAGES, 0, BYTES("\x7f"), "IDX file of bytes"},
    {"idx of no images", GOOD_IMAGES, 4, BYTES("\0\0\0\0"), "dimension 1 is 0"},
    {"idx of 2^32 - 1 images", GOOD_IMAGES, 4, BYTES("\xff\xff\xff\xff"), ""},
    {"idx of more images", GOOD_IMAGES, 4, BYTES("\0\0\0\x3d"), "fewer bytes"},
    {"idx of fewer images", GOOD_IMAGES, 4, BYTES("\0\0\0\x3b"), "goes on"},
    {"idx of no rows", GOOD_IMAGES, 8, BYTES("\0\0\0\0"), "dimension 2 is 0"},
    {"idx of 2^31 columns", GOOD_IMAGES, 12, BYTES("\x80\0\0\0"), ""},
    {"idx labels as images", GOOD_LABELS, 0, BYTES("\0\0\x08\x03"), ""},
    {"idx of fewer labels", GOOD_LABELS, 4, BYTES("\0\0\0\x3b"), "goes on"},
    {"gzip of another method", GOOD_IMAGES_GZ, 2, BYTES("\x07"), ""},
    {"gzip of another checksum", GOOD_IMAGES_GZ, -8, BYTES("\x55\xaa"), "damaged"},
};

/* Descriptions, and what the message says beside "bad.icl". */
static const struct {
    const char *name, *text;
    int size;
    const char *says;
} networks[] = {
    {"empty", BYTES(""), ""},
    {"a comment alone", BYTES("# nothing"), ""},
    {"zero bytes", BYTES("input 8 8 1 ! \0\0\0"), ""},
    {"not UTF-8", BYTES("input 8 8 1 ! \xff\xfe"), ""},
    {"a byte order mark of UTF-16", BYTES("\xff\xfei\0n\0p\0u\0t\0"), ""},
    {"no input", BYTES("conv2d 8 3 ! globalpool ! dense $classes"), "input"},
    {"input alone", BYTES("input 8 8 1"), ""},
    {"input of zero", BYTES("input 0 8 1 ! globalpool ! dense $classes"), "0"},
    {"input of a negative size", BYTES("input -8 8 1 ! globalpool ! dense $classes"), "-8"},
    {"input too large", BYTES("input 99999999 8 1 ! globalpool ! dense $classes"), "99999999"},
    {"number too large for a machine",
     BYTES("input 8 8 1 ! conv2d 99999999999999999999 3 ! globalpool ! dense $classes"),
     "99999999999999999999"},
    {"not a number", BYTES("input 8 8 1 ! conv2d nan 3 ! globalpool ! dense $classes"), "nan"},
    {"infinity", BYTES("input 8 8 1 ! dropout inf ! globalpool ! dense $classes"), "inf"},
    {"fraction of a pixel", BYTES("input 8.5 8 1 ! globalpool ! dense $classes"), "8.5"},
    {"kernel that does not fit",
     BYTES("input 8 8 1 ! conv2d 8 11 padding=0 ! globalpool ! dense $classes"), "11"},
    {"stride of zero", BYTES("input 8 8 1 ! conv2d 8 3 stride=0 ! dense $classes"), "stride"},
    {"groups that do not divide", BYTES("input 8 8 1 ! conv2d 8 3 groups=3 ! dense $classes"),
     "groups"},
    {"unknown layer", BYTES("input 8 8 1 ! konv2d 8 3 ! dense $classes"), "conv2d"},
    {"unknown parameter", BYTES("input 8 8 1 ! conv2d 8 3 strid=2 ! dense $classes"), "stride"},
    {"parameter twice", BYTES("input 8 8 1 ! conv2d 8 3 stride=1 stride=2 ! dense $classes"),
     "stride"},
    {"unset variable", BYTES("input 8 8 1 ! dense $klasses"), "klasses"},
    {"division by zero", BYTES("input 8 8 1 ! conv2d (8/0) 3 ! dense $classes"), ""},
    {"repeat of nothing", BYTES("input 8 8 1 ! 0*relu ! dense $classes"), ""},
    {"repeat of a billion", BYTES("input 8 8 1 ! 1000000000*relu ! dense $classes"), ""},
    {"repeat of repeats", BYTES("input 8 8 1 ! 999*( 999*( 999*( 999*relu ) ) ) ! dense $classes"),
     ""},
    {"definitions that double",
     BYTES("def a() = relu ! relu\ndef b() = 500*a\ndef c() = 500*b\ndef d() = 500*c\n"
           "input 8 8 1 ! d ! dense $classes"),
     ""},
    {"definition of itself", BYTES("def a() = a ! relu\ninput 8 8 1 ! a ! dense $classes"), "a"},
    {"definition of a layer's name", BYTES("def relu() = tanh\ninput 8 8 1 ! relu"), "relu"},
    {"bracket not closed", BYTES("input 8 8 1 ! add( relu | "), ""},
    {"bracket not opened", BYTES("input 8 8 1 ! relu ) ! dense $classes"), ""},
    {"brackets without end",
     BYTES("input 8 8 1 ! add(add(add(add(add(add(add(add(add(add(add(add(add(add(add(add(add(add("
           "add(add(add(add(add(add(add(add(add(add(add(add(add(add(add(add(add(add(add(add(add("),
     ""},
    {"branches of other shapes",
     BYTES("input 8 8 1 ! add( conv2d 4 3 | conv2d 8 3 ) ! globalpool ! dense $classes"), "add"},
    {"more classes than truth", BYTES("input 8 8 1 ! globalpool ! dense 7"), "7"},
    {"weights for no machine",
     BYTES("input 8 8 1 ! dense 1000000 ! dense 1000000 ! dense $classes"), ""},
    {"step missing", BYTES("input 8 8 1 ! ! dense $classes"), ""},
    {"range outside tuning", BYTES("input 8 8 1 ! conv2d {4,8} 3 ! dense $classes"), ""},
    {"a model file", BYTES("\x10\0\0\0\0\0\0\0{\"a\":1}"), ""},
    {"a shell script", BYTES("#!/bin/sh\nrm -rf /\n"), "rm"},
};

/* Command lines. The status is 2 where the line itself is wrong. */
static const struct {
    const char *name, *line;
    int status;
    const char *says;
} lines[] = {
    {"option of control characters", "train ../idx -o out.bin '--\x1b[31m'", 2, "unknown option"},
    {"option of half a character", "train ../idx -o out.bin '--epochs\xc3'", 2, "unknown option"},
    {"very long option", "train ../idx -o out.bin --long~", 2, "unknown option"},
    {"epochs in hexadecimal", "train ../idx -o out.bin --epochs 0x10", 2, "--epochs"},
    {"epochs with a space", "train ../idx -o out.bin --epochs '1 '", 2, "--epochs"},
    {"epochs of 2^31", "train ../idx -o out.bin --epochs 2147483648", 2, "--epochs"},
    {"batch of minus nothing", "train ../idx -o out.bin --batch -", 2, "--batch"},
    {"validation of infinity", "train ../idx -o out.bin --validation inf", 2, "--validation"},
    {"smoothing in another locale", "train ../idx -o out.bin --label-smoothing 0,1", 2,
     "--label-smoothing"},
    {"seed of words", "train ../idx -o out.bin --seed ''", 2, "--seed"},
    {"top-k of less than none", "classify ../m.bin ../png --top-k -1", 2, "--top-k"},
    {"two formats", "classify ../m.bin ../png --json --csv", 2, "--csv"},
    {"classify nothing", "classify ../m.bin", 2, "FILE"},
    {"classify an empty name", "classify ../m.bin ''", 1, ""},
    {"classify a device", "classify ../m.bin /dev/null", 1, "/dev/null"},
    {"classify a missing file", "classify ../m.bin no.jpg", 1, "no.jpg"},
    {"classify an empty folder", "classify ../m.bin .", 1, "no picture"},
    {"classify a folder of folders", "classify ../m.bin ../idx", 1, "../idx"},
    {"a picture as model", "classify ../png/a/rgb.png ../png", 1, "rgb.png"},
    {"a device as model", "info /dev/null", 1, "/dev/null"},
    {"an endless device as model", "info /dev/zero", 1, "/dev/zero"},
    {"a name with a line's end", "info 'a\nb'", 1, "cannot be read"},
    {"recipe of nothing", "train ../idx -o out.bin --recipe ''", 1, "recipe"},
    {"recipe too large", "train ../idx -o out.bin --recipe 'resize 100000'", 1, "resize"},
    {"recipe of a fraction", "train ../idx -o out.bin --recipe 'resize 8.5'", 1, "resize"},
    {"recipe without size", "train ../idx -o out.bin --recipe 'normalize'", 1, "recipe"},
    {"recipe of a zero deviation", "train ../idx -o out.bin --recipe 'resize 8 ! normalize std=0'",
     1, "std"},
    {"recipe out of order", "train ../idx -o out.bin --recipe 'crop 8 ! resize 8'", 1, "resize"},
    {"augmentation out of range", "train ../idx -o out.bin --augment 'shift 7'", 1, "shift"},
    {"augmentation that is a layer", "train ../idx -o out.bin --augment relu", 1, "relu"},
    {"optimizer of no steps", "train ../idx -o out.bin --optimizer ''", 1, "optimizer"},
    {"optimizer of two steps", "train ../idx -o out.bin --optimizer 'sgd ! sgd'", 1, "optimizer"},
    {"learning rate of nan", "train ../idx -o out.bin --optimizer 'sgd lr=nan'", 1, "lr"},
    {"learning rate below nothing", "train ../idx -o out.bin --optimizer 'sgd lr=-1'", 1, "lr"},
    {"schedule of too long a warmup", "train ../idx -o out.bin --schedule 'cosine warmup=-1'", 1,
     "warmup"},
    {"data that is a picture", "train ../png/a/rgb.png -o out.bin", 1, "rgb.png"},
    {"data of one class", "train ../png/a -o out.bin", 1, "../png/a"},
    {"data of other classes", "evaluate ../m.bin ../idx4", 1,
     "classes that the model does not know"},
    {"resume from a model", "train ../idx --model ../net.icl -o out.bin --resume ../m.bin", 1,
     "m.bin"},
    {"resume from a text", "train ../idx --model ../net.icl -o out.bin --resume ../text", 1,
     "text"},

    {"output in no folder", "train ../idx -o no/out.bin", 1, "no/out.bin"},
    {"output below a file", "train ../idx -o ../text/out.bin", 1, "../text/out.bin"},
    {"output is a folder", "train ../idx -o ../png", 1, "../png"},
    {"output is a device", "train ../idx --model ../net.icl --epochs 1 --quiet -o /dev/full", 1,
     "/dev/full"},
    {"output of no name", "train ../idx -o ''", 1, ""},
    {"output of too long a name", "train ../idx --quiet -o out~", 1, "out~"},
    {"output where none can be made", "train ../idx --quiet -o /proc/out.bin", 1, "/proc/out.bin"},
    {"frames below a file", "frames ../png ../text/frames", 1, "../text/frames"},
    {"frames below a device", "frames ../png /dev/full/frames", 1, "/dev/full"},
    {"frames where none can be made", "frames ../png /proc/frames", 1, "/proc/frames"},
    {"samples in no folder", "evaluate ../m.bin ../idx --samples no/samples.csv", 1,
     "no/samples.csv"},
    {"samples into a folder", "evaluate ../m.bin ../idx --samples ../png", 1, "../png"},
    {"samples onto a full disk", "evaluate ../m.bin ../idx --samples /dev/full", 1, "/dev/full"},
};

/* Both files of an IDX set must be there; the good one is a link. */
static void case_complete(const Case *test, Good good)
{
    static const char *const others[GOODS] = {
        [GOOD_IMAGES] = "t10k-labels-idx1-ubyte",
        [GOOD_LABELS] = "t10k-images-idx3-ubyte",
        [GOOD_IMAGES_GZ] = "t10k-labels-idx1-ubyte",
    };
    if (!others[good])
        return;
    g_autofree char *link = g_build_filename(test->folder, others[good], NULL);
    g_autofree char *target = g_build_filename("..", "idx", others[good], NULL);
    g_assert_cmpint(symlink(target, link), ==, 0);
}

static void case_of_file(GPtrArray *cases, const Fixture *fixture, Good good, char *name,
                         const char *says, GByteArray *bytes)
{
    Case test = {.fixture = fixture,
                 .name = name,
                 .line = g_strdup(meetings[good].line),
                 .says = says,
                 .wanted = 1};
    case_add(cases, test, meetings[good].bad, bytes);
    case_complete(cases->pdata[cases->len - 1], good);
    g_byte_array_unref(bytes);
}

static void add_damages(GPtrArray *cases, const Fixture *fixture, GBytes *const goods[GOODS])
{
    for (gsize i = 0; i < G_N_ELEMENTS(damages); i++)
        for (int n = 0; n < damages[i].times; n++)
            case_of_file(cases, fixture, damages[i].good,
                         g_strdup_printf("%s/%d", damages[i].name, n), "",
                         damages[i].spoil(goods[damages[i].good], n, damages[i].times));
}

static void add_patches(GPtrArray *cases, const Fixture *fixture, GBytes *const goods[GOODS])
{
    for (gsize i = 0; i < G_N_ELEMENTS(patches); i++) {
        gsize size;
        const guint8 *good = g_bytes_get_data(goods[patches[i].good], &size);
        GByteArray *bytes = g_byte_array_append(g_byte_array_new(), good, (guint)size);
        guint8 *at = bytes->data + (patches[i].at < 0 ? bytes->len : 0);
        if (patches[i].after) {
            at = memmem(bytes->data, bytes->len, patches[i].after, 2);
            g_assert_nonnull(at);
            at += 2;
        }
        memcpy(at + patches[i].at, patches[i].bytes, (gsize)patches[i].size);
        case_of_file(cases, fixture, patches[i].good, g_strdup(patches[i].name), patches[i].says,
                     bytes);
    }
}

static void add_networks(GPtrArray *cases, const Fixture *fixture)
{
    for (gsize i = 0; i < G_N_ELEMENTS(networks); i++) {
        GByteArray *bytes = g_byte_array_new();
        g_byte_array_append(bytes, (const guint8 *)networks[i].text, (guint)networks[i].size);
        case_of_file(cases, fixture, GOOD_NETWORK,
                     g_strdup_printf("description/%s", networks[i].name), networks[i].says, bytes);
    }
}

/* A line too long to be written down here. */
static char *long_line(const char *before)
{
    g_autofree char *name = g_strnfill(400, 'x');
    return g_strconcat(before, name, NULL);
}

static void add_lines(GPtrArray *cases, const Fixture *fixture)
{
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        const char *line = lines[i].line;
        Case test = {.fixture = fixture,
                     .name = g_strdup_printf("line/%s", lines[i].name),
                     .line = line[strlen(line) - 1] == '~' ? long_line(line) : g_strdup(line),
                     .says = lines[i].says,
                     .wanted = lines[i].status};
        case_add(cases, test, NULL, NULL);
    }
}

static void check_case(gconstpointer data)
{
    const Case *test = data;
    const char *fault = case_fault(test);
    if (fault)
        g_test_fail_printf("%s: icl %s: status %d, \"%s\": %s%s", fault, test->line, test->status,
                           test->says, test->out, test->err);
}

static void count_and_memory(gconstpointer data)
{
    const GPtrArray *cases = data;
    struct rusage usage;
    g_assert_cmpint(getrusage(RUSAGE_CHILDREN, &usage), ==, 0);
    g_assert_cmpint(usage.ru_maxrss, <, MEMORY_MAX);
    g_assert_cmpuint(cases->len, >=, CASES_LEAST);
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(case_free);
    GBytes *goods[GOODS];
    Fixture fixture;
    g_test_init(&argc, &argv, NULL);
    fixture_init(&fixture);
    goods_make(&fixture, goods);
    add_damages(cases, &fixture, goods);
    add_patches(cases, &fixture, goods);
    add_networks(cases, &fixture);
    add_lines(cases, &fixture);
    cases_run(cases);
    for (guint i = 0; i < cases->len; i++) {
        const Case *test = cases->pdata[i];
        g_autofree char *path = g_strconcat("/hostile/", test->name, NULL);
        g_test_add_data_func(path, test, check_case);
    }
    g_test_add_data_func("/hostile/in all", cases, count_and_memory);
    int status = g_test_run();
    for (int i = 0; i < GOODS; i++)
        g_bytes_unref(goods[i]);
    fixture_clear(&fixture);
    return status;
}
