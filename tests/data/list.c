/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * Lists of pictures: what is read of each kind of row, and each way in which a list can be wrong.
 */
#include <icl/dataset.h>
#include <string.h>

#include "helpers.h"

#define TEXT(text) text, sizeof(text) - 1

typedef struct {
    const char *name, *file, *text;
    size_t size;
    IclPart part;
    const char *labels;   /* separated by "|"; NULL: an error */
    const char *pictures; /* "LABEL:PATH", separated by "|"; several labels by "+" */
    IclError code;
    const char *says;
    const char *json; /* or NULL: the same as JSON lines, which gives the same */
} List;

static const List lists[] = {
    {"plain", "l.csv", TEXT("path,label\na/1.jpg,dog\n2.png,cat\n"), ICL_PART_TRAIN, "cat|dog",
     "dog:a/1.jpg|cat:2.png",
     .json = "{\"path\":\"a/1.jpg\",\"label\":\"dog\"}\n{\"path\":\"2.png\",\"label\":\"cat\"}\n"},
    {"no-last-line-end", "l.csv", TEXT("path,label\n1,b\n2,a"), ICL_PART_TRAIN, "a|b", "b:1|a:2"},
    {"columns-in-any-order", "l.csv", TEXT("id,Label,note,PATH\n7,a,x,1\n8,b,y,2\n"),
     ICL_PART_TRAIN, "a|b", "a:1|b:2"},
    {"byte-order-mark", "l.csv", TEXT("\xef\xbb\xbfpath,label\n1,a\n2,b\n"), ICL_PART_TRAIN, "a|b",
     "a:1|b:2"},
    {"crlf", "l.csv", TEXT("path,label\r\n1,a\r\n\r\n2,b\r\n"), ICL_PART_TRAIN, "a|b", "a:1|b:2"},
    {"old-mac", "l.csv", TEXT("path,label\r1,a\r2,b\r"), ICL_PART_TRAIN, "a|b", "a:1|b:2"},
    {"quotes", "l.csv", TEXT("path,\"label\"\n\"a,b.jpg\",\"say \"\"x\"\"\"\n\"\",\"b\n\"\n"),
     ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA, "l.csv:3: has no path"},
    {"quoted-fields", "l.csv",
     TEXT("path,label\n\"a,b.jpg\",\"say \"\"x\"\"\"\n2,\"two\nlines\"\n"), ICL_PART_TRAIN,
     "say \"x\"|two\nlines", "say \"x\":a,b.jpg|two\nlines:2"},
    {"semicolons", "l.csv", TEXT("path;label\n1,0.jpg;a\n2;b\n"), ICL_PART_TRAIN, "a|b",
     "a:1,0.jpg|b:2"},
    {"tabs", "l.tsv", TEXT("path\tlabel\n1 0.jpg\ta\n2\tb\n"), ICL_PART_TRAIN, "a|b",
     "a:1 0.jpg|b:2"},
    {"absolute-path", "l.csv", TEXT("path,label\n/x/1,a\n2,b\n"), ICL_PART_TRAIN, "a|b",
     "a:/x/1|b:2"},
    {"train-part", "l.csv",
     TEXT("path,label,split\n1,a,train\n2,b,test\n3,c,\n4,a,VAL\n5,b,Training\n"), ICL_PART_TRAIN,
     "a|b|c", "a:1|c:3|b:5"},
    {"test-part", "l.csv", TEXT("path,label,split\n1,a,train\n2,b,test\n3,c,\n4,a,val\n"),
     ICL_PART_TEST, "a|b|c", "b:2"},
    {"validation-part", "l.csv", TEXT("path,label,split\n1,a,train\n2,b,test\n4,a,valid\n"),
     ICL_PART_VALIDATION, "a|b", "a:4"},
    {"validation-as-test", "l.csv", TEXT("path,label,split\n1,a,train\n2,b,validation\n"),
     ICL_PART_TEST, "a|b", "b:2"},
    {"only-test", "l.csv", TEXT("path,label,split\n1,a,test\n2,b,test\n"), ICL_PART_TRAIN, "a|b",
     "a:1|b:2"},
    {"names-of-all-kinds", "l.csv", TEXT("path,label,split\n1,b,\né,7,\n"), ICL_PART_TRAIN, "7|b",
     "b:1|7:é",
     .json = "{\"path\": \"1\", \"label\": \"b\"}\n\n{\"label\": 7, \"path\": \"\\u00e9\", "
             "\"split\": null}\n"},
    {"other-part-has-the-class", "l.csv", TEXT("path,label,split\n1,b,test\n2,a,\n"), ICL_PART_TEST,
     "a|b", "b:1",
     .json = "{\"path\":\"1\",\"label\":\"b\",\"split\":\"test\"}\n"
             "{\"path\":\"2\",\"label\":\"a\"}"},
    {"labels", "l.csv", TEXT("path,labels\n1,dog|cat\n2,\n3,cow\n4,cat\n"), ICL_PART_TRAIN,
     "cat|cow|dog", "cat+dog:1|:2|cow:3|cat:4",
     .json = "{\"path\":\"1\",\"labels\":[\"dog\",\"cat\"]}\n{\"path\":\"2\",\"labels\":[]}\n"
             "{\"path\":\"3\",\"labels\":[\"cow\"]}\n{\"path\":\"4\",\"labels\":[\"cat\"]}\n"},
    {"labels-of-all-kinds", "l.csv", TEXT("path;labels\n1; é y |7\n2;7|7|a|7\n3;  \n"),
     ICL_PART_TRAIN, "7|a|é y", "7+é y:1|7+a:2|:3",
     .json =
         "{\"path\":\"1\",\"labels\":[\"é y\",7]}\n{\"path\":\"2\",\"labels\":[7,\"7\",\"a\",7]}\n"
         "{\"path\":\"3\",\"labels\":[]}\n"},
    {"labels-of-a-part", "l.csv",
     TEXT("path,labels,split\n1,a|b,train\n2,b|c,test\n3,,test\n4,c,train\n5,d,test\n6,a,\n"),
     ICL_PART_TEST, "a|b|c|d", "b+c:2|:3|d:5",
     .json = "{\"path\":\"1\",\"labels\":[\"a\",\"b\"]}\n"
             "{\"path\":\"2\",\"labels\":[\"b\",\"c\"],\"split\":\"test\"}\n"
             "{\"path\":\"3\",\"labels\":[],\"split\":\"test\"}\n"
             "{\"path\":\"4\",\"labels\":[\"c\"]}\n"
             "{\"path\":\"5\",\"labels\":[\"d\"],\"split\":\"test\"}\n"
             "{\"path\":\"6\",\"labels\":[\"a\"]}\n"},
    {"one-label-of-its-own", "l.csv", TEXT("path,labels\n1,a\n2,\n"), ICL_PART_TRAIN, "a", "a:1|:2",
     .json = "{\"path\":\"1\",\"labels\":[\"a\"]}\n{\"path\":\"2\",\"labels\":[]}\n"},

    {"no-validation", "l.csv", TEXT("path,label\n1,a\n2,b\n"), ICL_PART_VALIDATION, NULL, NULL,
     ICL_ERROR_DATA, "l.csv: has no validation part of its own; hold out"},
    {"no-training", "l.csv", TEXT("path,label,split\n1,a,test\n2,b,val\n"), ICL_PART_TRAIN, NULL,
     NULL, ICL_ERROR_DATA, "l.csv: has no train part of its own"},
    {"empty", "l.csv", TEXT(""), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.csv:1: is empty; the first row names the columns"},
    {"only-line-ends", "l.csv", TEXT("\n\r\n\n"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "is empty"},
    {"header-alone", "l.csv", TEXT("path,label\n"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "the list has no pictures"},
    {"no-header", "l.csv", TEXT("1.jpg,a\n2.jpg,b\n"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.csv:1: the header has no column \"path\""},
    {"no-label-column", "l.csv", TEXT("path,class\n2.jpg,b\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:1: the header has no column \"label\""},
    {"column-twice", "l.csv", TEXT("path,label,path\n"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.csv:1: has two columns \"path\""},
    {"too-few-fields", "l.csv", TEXT("path,label\n1,a\n\n2\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:4: has 1 fields, the header 2"},
    {"too-many-fields", "l.csv", TEXT("path,label\n1,a\n2,b,c.jpg,b\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:3: has 4 fields, the header 2; a name with a comma"},
    {"line-after-quoted-lines", "l.csv", TEXT("path,label\n1,\"a\n\n\"\n2\n"), ICL_PART_TRAIN, NULL,
     NULL, ICL_ERROR_DATA, "l.csv:5: has 1 fields"},
    {"open-quote", "l.csv", TEXT("path,label\n1,a\n\"2,b\n3,c\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:3: a quote (\") is not closed"},
    {"text-behind-quote", "l.csv", TEXT("path,label\n\"1\"x,a\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:2: a field goes on after its closing quote"},
    {"no-path", "l.csv", TEXT("path,label\n,a\n"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.csv:2: has no path"},
    {"no-label", "l.csv", TEXT("path,label\n1,\n"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.csv:2: has no label"},
    {"latin-1", "l.csv", TEXT("path,label\n1,\xe9\n"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.csv:2: the label is not UTF-8"},
    {"zero-byte", "l.csv", TEXT("path,label\n1,a\n2\0,b\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:3: holds a zero byte"},
    {"utf-16", "l.csv", TEXT("\xff\xfep\0a\0t\0h\0"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.csv:1: is not UTF-8 text but UTF-16"},
    {"half-a-mark", "l.csv", TEXT("\xef\xbb"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.csv:1: is not UTF-8 text"},
    {"split", "l.csv", TEXT("path,label,split\n1,a,tset\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:2: split is \"tset\"; train, validation and test are known"},
    {"weight-text", "l.csv", TEXT("path,label,weight\n1,a,x\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:2: weight is \"x\""},
    {"weight-more", "l.csv", TEXT("path,label,weight\n1,a,1x\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "weight is \"1x\""},
    {"weight-negative", "l.csv", TEXT("path,label,weight\n1,a,-1\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "weight is \"-1\""},
    {"weight-nan", "l.csv", TEXT("path,label,weight\n1,a,nan\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "weight is \"nan\""},
    {"weight-huge", "l.csv", TEXT("path,label,weight\n1,a,1e99\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "weight is \"1e99\""},
    {"one-class", "l.csv", TEXT("path,label\n1,a\n2,a\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "has only the class \"a\""},
    {"json-broken", "l.jsonl", TEXT("{\"path\": \"1\", \"label\": \"b\"}\n{\"path\": \n"),
     ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA, "l.jsonl:2: is no JSON object: "},
    {"json-array", "l.jsonl", TEXT("[\"1\", \"b\"]\n"), ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.jsonl:1: is no JSON object; a line is such as"},
    {"json-nested", "l.jsonl", TEXT("{\"path\": [1], \"label\": \"b\"}\n"), ICL_PART_TRAIN, NULL,
     NULL, ICL_ERROR_DATA, "l.jsonl:1: \"path\" is neither a text nor a number"},
    {"json-no-label", "l.jsonl", TEXT("{\"path\": \"1\"}\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.jsonl:1: has no label"},
    {"json-weight-missing", "l.jsonl",
     TEXT("{\"path\":\"1\",\"label\":\"a\",\"weight\":2}\n{\"path\":\"2\",\"label\":\"b\"}\n"),
     ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA, "l.jsonl:2: has no \"weight\", other lines"},
    {"json-group-new", "l.jsonl",
     TEXT("{\"path\":\"1\",\"label\":\"a\"}\n{\"path\":\"2\",\"label\":\"b\",\"group\":1}\n"),
     ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA, "l.jsonl:2: has a \"group\", other lines"},
    {"label-and-labels", "l.csv", TEXT("path,label,labels\n1,a,a\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:1: has columns \"label\" and \"labels\""},
    {"labels-all-empty", "l.csv", TEXT("path,labels\n1,\n2,\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv: no picture has a label"},
    {"labels-empty-between", "l.csv", TEXT("path,labels\n1,a| |b\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:2: has a label without a name"},
    {"labels-empty-last", "l.csv", TEXT("path,labels\n1,a|\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:2: has a label without a name"},
    {"labels-empty-first", "l.csv", TEXT("path,labels\n1,|a\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:2: has a label without a name"},
    {"labels-latin-1", "l.csv", TEXT("path,labels\n1,a|\xe9\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:2: the label is not UTF-8"},
    {"labels-without-path", "l.csv", TEXT("path,labels\n,a\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.csv:2: has no path"},
    {"json-label-and-labels", "l.jsonl",
     TEXT("{\"path\":\"1\",\"labels\":[\"a\"],\"label\":\"a\"}\n"), ICL_PART_TRAIN, NULL, NULL,
     ICL_ERROR_DATA, "l.jsonl:1: has \"label\" and \"labels\""},
    {"json-labels-text", "l.jsonl", TEXT("{\"path\":\"1\",\"labels\":\"a\"}\n"), ICL_PART_TRAIN,
     NULL, NULL, ICL_ERROR_DATA, "l.jsonl:1: \"labels\" is no array; give [\"cat\", \"dog\"]"},
    {"json-labels-nested", "l.jsonl", TEXT("{\"path\":\"1\",\"labels\":[[\"a\"]]}\n"),
     ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA, "l.jsonl:1: \"labels\" holds what is neither"},
    {"json-labels-empty", "l.jsonl", TEXT("{\"path\":\"1\",\"labels\":[\"\"]}\n"), ICL_PART_TRAIN,
     NULL, NULL, ICL_ERROR_DATA, "l.jsonl:1: has a label without a name"},
    {"json-labels-null", "l.jsonl",
     TEXT("{\"path\":\"1\",\"labels\":[\"a\"]}\n{\"path\":\"2\",\"labels\":null}\n"),
     ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.jsonl:2: has no \"labels\", other lines before it have one"},
    {"json-labels-late", "l.jsonl",
     TEXT("{\"path\":\"1\",\"label\":\"a\"}\n{\"path\":\"2\",\"labels\":[\"a\"]}\n"),
     ICL_PART_TRAIN, NULL, NULL, ICL_ERROR_DATA,
     "l.jsonl:2: has a \"labels\", other lines before it have none"},
    {"json-zero", "l.jsonl", TEXT("{\"path\": \"1\\u0000\", \"label\": \"b\"}\n"), ICL_PART_TRAIN,
     NULL, NULL, ICL_ERROR_DATA, "l.jsonl:1: is no JSON object"},
};

static void check_list(const List *row, const char *root, const IclDataset *dataset)
{
    g_autofree char *labels = g_strjoinv("|", (char **)icl_dataset_labels(dataset));
    g_autoptr(GString) pictures = g_string_new(NULL);

    g_assert_cmpstr(labels, ==, row->labels);
    for (int i = 0; i < icl_dataset_size(dataset); i++) {
        g_autofree char *name = icl_dataset_name(dataset, i);
        const char *shown = g_str_has_prefix(name, root) ? name + strlen(root) + 1 : name;
        g_autofree char *of_picture = g_strdelimit(icl_dataset_labels_text(dataset, i), "|", '+');
        g_string_append_printf(pictures, "%s%s:%s", i ? "|" : "", of_picture, shown);
    }
    g_assert_cmpstr(pictures->str, ==, row->pictures);
}

static void test_text(const List *row, const char *file, const char *text, size_t size)
{
    char *root = test_folder_new();
    g_autofree char *path = g_build_filename(root, file, NULL);
    GError *error = NULL;

    test_write(root, file, text, size);
    g_autoptr(IclDataset) dataset = icl_dataset_open(path, row->part, &error);
    if (row->labels) {
        g_assert_no_error(error);
        check_list(row, root, dataset);
    } else {
        g_assert_null(dataset);
        test_error(error, row->code, row->says);
    }
    test_folder_remove(root);
}

static void test_list(const void *data)
{
    const List *row = data;

    test_text(row, row->file, row->text, row->size);
}

static void test_list_as_json(const void *data)
{
    const List *row = data;

    test_text(row, "l.jsonl", row->json, strlen(row->json));
}

static IclDataset *open_text(const char *root, const char *text, IclPart part)
{
    g_autofree char *path = g_build_filename(root, "l.csv", NULL);
    GError *error = NULL;

    test_write(root, "l.csv", text, strlen(text));
    IclDataset *dataset = icl_dataset_open(path, part, &error);
    g_assert_no_error(error);
    return dataset;
}

/* Of the part's rows only; an empty group is of its own, an empty weight 1. */
static void test_weights_and_groups(void)
{
    static const char text[] = "path,label,weight,group,split\n"
                               "1,a,2,x,\n2,b,,y,\n3,a,0,,test\n4,b,0.5,,\n5,a,3,x,\n6,a,1,,\n";
    static const float weights[] = {2, 1, 0.5F, 3, 1};
    char *root = test_folder_new();
    g_autoptr(IclDataset) dataset = open_text(root, text, ICL_PART_TRAIN);
    const int *groups = icl_dataset_groups(dataset);

    g_assert_cmpint(icl_dataset_size(dataset), ==, 5);
    g_assert_cmpmem(icl_dataset_weights(dataset), sizeof weights, weights, sizeof weights);
    g_assert_cmpint(groups[0], ==, groups[3]);
    g_assert_cmpint(groups[0], !=, groups[1]);
    g_assert_cmpint(groups[2], !=, groups[4]);
    test_folder_remove(root);
}

static void test_none(void)
{
    char *root = test_folder_new();
    g_autoptr(IclDataset) dataset = open_text(root, "path,label\n1,a\n2,b\n", ICL_PART_TRAIN);

    g_assert_null(icl_dataset_weights(dataset));
    g_assert_null(icl_dataset_groups(dataset));
    test_folder_remove(root);
}

static void test_parts(void)
{
    char *root = test_folder_new();
    g_autofree char *path = g_build_filename(root, "l.csv", NULL);
    g_autoptr(IclDataset) dataset =
        open_text(root, "path,label,split\n1,a,train\n2,b,val\n", ICL_PART_TRAIN);

    g_assert_true(icl_dataset_has_part(path, ICL_PART_TRAIN));
    g_assert_true(icl_dataset_has_part(path, ICL_PART_VALIDATION));
    g_assert_false(icl_dataset_has_part(path, ICL_PART_TEST));
    g_assert_true(icl_dataset_has_test(path));
    test_write(root, "l.csv", "nonsense", 8);
    g_assert_false(icl_dataset_has_part(path, ICL_PART_TRAIN));
    test_folder_remove(root);
}

static void test_pictures(void)
{
    char *root = test_folder_new();
    GError *error = NULL;
    IclPicture picture = {0};

    test_write_jpeg(root, "in/1.jpg", 9, 7, 1, 2, 3);
    g_autoptr(IclDataset) dataset =
        open_text(root, "path,label\nin/1.jpg,a\nin/2.jpg,b\n", ICL_PART_TRAIN);
    g_assert_true(icl_dataset_picture(dataset, 0, &picture, &error));
    g_assert_cmpint(picture.frame.width, ==, 9);
    icl_picture_clear(&picture);
    g_assert_false(icl_dataset_picture(dataset, 1, &picture, &error));
    test_error(error, ICL_ERROR_FILE, "in/2.jpg");
    test_folder_remove(root);
}

static void test_no_file(void)
{
    GError *error = NULL;

    g_assert_null(icl_dataset_open("no/such.csv", ICL_PART_TRAIN, &error));
    test_error(error, ICL_ERROR_FILE, "no/such.csv: cannot be read: ");
    error = NULL;
    g_assert_false(icl_dataset_has_test("no/such.csv"));
}

/* A folder, and a row without end. */
static void test_no_text(void)
{
    char *root = test_folder_new();
    g_autofree char *folder = g_build_filename(root, "x.csv", NULL);
    g_autofree char *path = g_build_filename(root, "l.csv", NULL);
    g_autofree char *text = g_strnfill(3 << 20, 'x');
    GError *error = NULL;

    test_write(root, "x.csv/1", "", 0);
    g_assert_null(icl_dataset_open(folder, ICL_PART_TRAIN, &error));
    test_error(error, ICL_ERROR_FILE, "x.csv: cannot be read: ");
    error = NULL;
    test_write(root, "l.csv", text, 3 << 20);
    g_assert_null(icl_dataset_open(path, ICL_PART_TRAIN, &error));
    test_error(error, ICL_ERROR_DATA, "l.csv:1: is longer than a row may be, 1048576 bytes");
    test_folder_remove(root);
}

/* The first picture has two labels, the second none: no class of it is the one. */
static void test_labels(void)
{
    char *root = test_folder_new();
    g_autoptr(IclDataset) several =
        open_text(root, "path,labels\n1,c|a\n2,\n3,b\n", ICL_PART_TRAIN);
    g_autoptr(IclDataset) one = open_text(root, "path,label\n1,b\n2,a\n", ICL_PART_TRAIN);
    int n;

    g_assert_true(icl_dataset_is_multi_label(several));
    g_assert_cmpint(icl_dataset_class(several, 0), ==, -1);
    const int *classes = icl_dataset_classes_of(several, 0, &n);
    g_assert_cmpmem(classes, n * sizeof *classes, ((int[]){0, 2}), 2 * sizeof(int));
    icl_dataset_classes_of(several, 1, &n);
    g_assert_cmpint(n, ==, 0);
    g_assert_false(icl_dataset_is_multi_label(one));
    g_assert_cmpint(icl_dataset_class(one, 0), ==, 1);
    classes = icl_dataset_classes_of(one, 0, &n);
    g_assert_cmpint(n, ==, 1);
    g_assert_cmpint(classes[0], ==, 1);
    test_folder_remove(root);
}

static char *text_fingerprint(const char *text)
{
    char *root = test_folder_new();
    g_autoptr(IclDataset) dataset = open_text(root, text, ICL_PART_TRAIN);

    test_folder_remove(root);
    return icl_dataset_fingerprint(dataset);
}

static void test_fingerprint(void)
{
    g_autofree char *one = text_fingerprint("path,label\n1,a\n2,b\n");
    g_autofree char *same = text_fingerprint("label,path\r\na,1\r\nb,2\r\n");
    g_autofree char *other = text_fingerprint("path,label\n1,a\n3,b\n");
    g_autofree char *weighs = text_fingerprint("path,label,weight\n1,a,1\n2,b,2\n");

    g_assert_cmpstr(one, ==, same);
    g_assert_cmpstr(one, !=, other);
    g_assert_cmpstr(one, !=, weighs);
    g_autofree char *labels = text_fingerprint("path,labels\n1,a\n2,b\n");
    g_autofree char *order = text_fingerprint("path,labels\n1,a|b\n2,\n");
    g_autofree char *moved = text_fingerprint("path,labels\n1,\n2,b|a\n");
    g_assert_cmpstr(one, !=, labels);
    g_assert_cmpstr(order, !=, labels);
    g_assert_cmpstr(order, !=, moved);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *path = g_strconcat("/list/", lists[i].name, NULL);
        g_autofree char *json = g_strconcat("/list/as-json/", lists[i].name, NULL);
        g_test_add_data_func(path, &lists[i], test_list);
        if (lists[i].json)
            g_test_add_data_func(json, &lists[i], test_list_as_json);
    }
    g_test_add_func("/list/weights-and-groups", test_weights_and_groups);
    g_test_add_func("/list/neither", test_none);
    g_test_add_func("/list/several-labels", test_labels);
    g_test_add_func("/list/parts", test_parts);
    g_test_add_func("/list/pictures", test_pictures);
    g_test_add_func("/list/no-file", test_no_file);
    g_test_add_func("/list/no-text", test_no_text);
    g_test_add_func("/list/fingerprint", test_fingerprint);
    return g_test_run();
}
