/* Values: what people type, kind by kind, and what becomes of it. */
#include <locale.h>
#include <math.h>
#include <stdio.h>

#include "base/code.h"
#include "base/text.h"
#include "base/when.h"
#include "row.h"
#include "rules/pattern.h"
#include "rules/rules.h"
#include "rules/values.h"

static const char *both[] = {"是 Yes", "否 No", "研究生 Graduate", "其他学历 Other", "其他单位 Other", "甲 乙"};
static const char *provinces[] = {"北京市", "内蒙古自治区", "广东省", "广西壮族自治区", "河北省", "河南省"};
static const char *saving[] = {"节约用电", "使用绿色电力", "资源循环利用", "IT节能", "其他"};
static const char *yes[] = {"我已阅读并同意"};
static const char *grades[] = {"A", "A-", "C++", "C#", "C"};
static const char *sizes[] = {"1.5 m", "15 m", "30 m", "1,000 m", "18-25", "5%"};
static const char *agree[] = {"I have read the rules and agree"};
static const char *rights[] = {"无", "有"};

enum { OK = VALUE_OK, REP = VALUE_REPAIRED, EMPTY = VALUE_EMPTY, BAD = VALUE_BAD };

typedef struct {
	FieldKind kind;
	const char *unit; /* of numbers; for choices: which list */
	RawKind raw;
	const char *typed;
	int state;
	const char *text; /* normal form; of a bad one the words key without "problem." */
} Case;

#define T RAW_TEXT
#define N RAW_NUMBER

static const Case cases[] = {
	/* texts */
	{KIND_TEXT, "", T, "  数据中心　", OK, "数据中心"},
	{KIND_TEXT, "", T, "两\n行", OK, "两 行"},
	{KIND_TEXT, "", T, "\u200b\ufeff 　", EMPTY, ""},
	{KIND_TEXT, "", T, "无", OK, "无"},
	{KIND_TEXT, "", T, "/", OK, "/"},
	{KIND_TEXT, "", T, "５Ｇ", OK, "５Ｇ"},
	{KIND_TEXT, "identity", T, "ＹＤ／Ｔ　2543", REP, "YD/T 2543"},
	{KIND_TEXT, "", N, "2023", OK, "2023"},
	{KIND_TEXT, "", N, "9.1440300192203821E17", BAD, "digits_lost"},
	{KIND_TEXT, "", T, "11010519491231002X", BAD, "id_number_given"},
	{KIND_TEXT, "", T, "110105194912310021", OK, "110105194912310021"},
	{KIND_TEXT, "", T, "身份证号：11010519491231002X", BAD, "id_number_inside"},
	{KIND_TEXT, "", T, "１１０１０５　１９４９１２３１　００２ｘ", BAD, "id_number_given"},
	{KIND_TEXT, "", T, "A11010519491231002X", OK, "A11010519491231002X"},
	{KIND_TEXT, "", T, "11010519491231002X1", OK, "11010519491231002X1"},
	{KIND_TEXT, "identity", T, "110105 19491231 002x", REP, "11010519491231002X"},
	{KIND_TEXT, "identity", T, "110105-1949-1231-002X", REP, "11010519491231002X"},
	{KIND_TEXT, "identity", T, "110105 19491231 0021", OK, "110105 19491231 0021"},
	{KIND_LONGTEXT, "", T, "负责人张三（身份证号：440524188001010014），完成设计。", BAD, "id_number_inside"},
	{KIND_LONGTEXT, "", T, "见 110105 194912 310021 及 11010519491231002X\n", BAD, "id_number_inside"},
	{KIND_LONGTEXT, "", T, "电话138 0013 8000、139 0013 9000，代码914403001922038216。", OK, "电话138 0013 8000、139 0013 9000，代码914403001922038216。"},
	{KIND_MOBILE, "", T, "138.0013.8000", REP, "13800138000"},
	{KIND_MOBILE, "", T, "138·0013·8000", REP, "13800138000"},
	{KIND_MOBILE, "", T, "+86（138）0013 8000", REP, "13800138000"},
	{KIND_MOBILE, "", T, "手机：13800138000（微信同号）", REP, "13800138000"},
	{KIND_MOBILE, "", T, "13800138000。", REP, "13800138000"},
	{KIND_MOBILE, "", T, "13800138000.0", BAD, "mobile"},
	{KIND_MOBILE, "", T, "13800138000（13900139000）", BAD, "mobile"},
	{KIND_PHONE, "", T, "电话：010.6230.0001（办公）", REP, "010-62300001"},
	{KIND_PHONE, "", T, "86-10-62300001", REP, "010-62300001"},
	{KIND_PHONE, "", T, "010-62300001(转802)", BAD, "phone"},
	{KIND_USCC, "", T, "统一社会信用代码：91350100M000100Y43（三证合一）", REP, "91350100M000100Y43"},
	{KIND_EMAIL, "", T, "邮箱：zs@example.cn。", REP, "zs@example.cn"},
	{KIND_EMAIL, "", T, "张三<zs@example.cn>", REP, "zs@example.cn"},
	{KIND_POSTCODE, "", T, "邮编:100 191。", REP, "100191"},
	{KIND_NUMBER, "", T, "440524188001010014", BAD, "id_number_given"},
	{KIND_MOBILE, "", T, "440524188001010014", BAD, "id_number_given"},
	{KIND_TEXT, "", RAW_ERROR, "#N/A", BAD, "cell_error"},
	{KIND_TEXT, "", RAW_NO_RESULT, "", BAD, "formula_no_value"},
	{KIND_TEXT, "", RAW_PICTURE, "ID_1", BAD, "picture"},
	{KIND_LONGTEXT, "", T, "一\r\n\r\n二 ", OK, "一\n\n二"},
	/* numbers */
	{KIND_NUMBER, "万元", T, "1280", OK, "1280"},
	{KIND_NUMBER, "万元", T, "1,280.50", OK, "1280.5"},
	{KIND_NUMBER, "万元", T, "１２８０", REP, "1280"},
	{KIND_NUMBER, "万元", T, "500万元", REP, "500"},
	{KIND_NUMBER, "万元", T, "500万", REP, "500"},
	{KIND_NUMBER, "万元", T, "500 (万元)", REP, "500"},
	{KIND_NUMBER, "万元", T, "5000000元", REP, "500"},
	{KIND_NUMBER, "万元", T, "1.2亿元", REP, "12000"},
	{KIND_NUMBER, "万元", T, "1.2亿", REP, "12000"},
	{KIND_NUMBER, "万元", T, "￥500", REP, "500"},
	{KIND_NUMBER, "万元", T, "人民币：500万元整", REP, "500"},
	{KIND_NUMBER, "元", T, "500万元", REP, "5000000"},
	{KIND_NUMBER, "EUR", T, "€ 5,000.50", REP, "5000.5"},
	{KIND_NUMBER, "EUR", T, "5,000 €", REP, "5000"},
	{KIND_NUMBER, "EUR", T, "EUR: 5000", REP, "5000"},
	{KIND_NUMBER, "EUR", T, "5000 euros", REP, "5000"},
	{KIND_NUMBER, "EUR", T, "$5000", BAD, "number"}, /* another currency is another number */
	{KIND_NUMBER, "EUR", T, "¥5000", BAD, "number"},
	{KIND_NUMBER, "万美元", T, "人民币500万", BAD, "number"},
	{KIND_NUMBER, "万美元", T, "US$500万", REP, "500"},
	{KIND_NUMBER, "kg", T, "¥5", BAD, "number"},
	{KIND_NUMBER, "$", T, "$5", REP, "5"},
	{KIND_NUMBER, "", T, "¥5", REP, "5"},
	{KIND_INTEGER, "GBP", T, "£1,200", REP, "1200"},
	{KIND_NUMBER, "元", T, "伍佰万元整", REP, "5000000"},
	{KIND_NUMBER, "元", T, "九百九十九万亿", REP, "999000000000000"},
	{KIND_NUMBER, "元", T, "二万亿亿", BAD, "number"}, /* more than 64 bits hold */
	{KIND_NUMBER, "元", T, "九九九九九九九九九九九九千万", BAD, "number"},
	{KIND_NUMBER, "元", T, "九九九九九九九九九九九九千亿", BAD, "number"},
	{KIND_NUMBER, "万元", T, "五百万元", REP, "500"},
	{KIND_NUMBER, "万元", T, "五百", REP, "500"},
	{KIND_NUMBER, "万元", T, "壹贰叁", REP, "123"},
	{KIND_NUMBER, "人", T, "一百零五", REP, "105"},
	{KIND_NUMBER, "人", T, "一百五十三", REP, "153"},
	{KIND_NUMBER, "人", T, "三万零五百", REP, "30500"},
	{KIND_NUMBER, "人", T, "一百二十三万零六", REP, "1230006"},
	{KIND_NUMBER, "人", T, "一百五", BAD, "number"}, /* 150, which is not 105 */
	{KIND_NUMBER, "元", T, "三万五", BAD, "number"},
	{KIND_NUMBER, "元", T, "一百五万元", BAD, "number"},
	{KIND_NUMBER, "人", T, "二十二三", BAD, "number"}, /* 22 or 23 */
	{KIND_NUMBER, "人", T, "三五十", BAD, "number"},
	{KIND_NUMBER, "元", T, "三五万元", BAD, "number"},
	{KIND_NUMBER, "万元", T, "0.5", OK, "0.5"},
	{KIND_NUMBER, "万元", T, "00.50", OK, "0.5"},
	{KIND_NUMBER, "万元", T, "0", OK, "0"},
	{KIND_NUMBER, "万元", T, "-3", OK, "-3"},
	{KIND_NUMBER, "万元", T, "−3", REP, "-3"},
	{KIND_NUMBER, "万元", T, "约50万", BAD, "number_about"},
	{KIND_NUMBER, "万元", T, "50万左右", BAD, "number_about"},
	{KIND_NUMBER, "万元", T, "50-60", BAD, "number_about"},
	{KIND_NUMBER, "万元", T, "50～60万", BAD, "number_about"},
	{KIND_NUMBER, "万元", T, "四百余", BAD, "number_about"},
	{KIND_NUMBER, "万元", T, "面议", BAD, "number"},
	{KIND_NUMBER, "万元", T, "1,28", BAD, "number"},
	{KIND_NUMBER, "万元", T, "1,2345", BAD, "number"},
	{KIND_NUMBER, "万元", T, "500吨", BAD, "number"},
	{KIND_NUMBER, "万元", T, "1.2.3", BAD, "number"},
	{KIND_NUMBER, "万元", T, "1e5", BAD, "number"},
	{KIND_NUMBER, "万元", T, "1234567890123456789012345678901", BAD, "number"},
	{KIND_NUMBER, "万元", N, "1.5E7", OK, "15000000"},
	{KIND_NUMBER, "万元", N, "2087.025", OK, "2087.025"},
	{KIND_NUMBER, "万元", RAW_BOOL, "TRUE", BAD, "number"},
	{KIND_NUMBER, "万元", RAW_DATE, "2023-03-05", BAD, "number"},
	{KIND_NUMBER, "万千瓦时/年", T, "620万千瓦时", REP, "620"},
	{KIND_NUMBER, "万千瓦时/年", T, "620万度", REP, "620"},
	{KIND_NUMBER, "万千瓦时/年", T, "620万千瓦时/年", REP, "620"},
	{KIND_NUMBER, "万千瓦时/年", T, "6200000kWh", REP, "620"},
	{KIND_NUMBER, "吨/年", T, "3,536.5吨", REP, "3536.5"},
	{KIND_NUMBER, "吨/年", T, "0.5万吨", REP, "5000"},
	{KIND_NUMBER, "千瓦", T, "2400千瓦", REP, "2400"},
	{KIND_NUMBER, "", T, "1.48", OK, "1.48"},
	{KIND_INTEGER, "人", T, "5人", REP, "5"},
	{KIND_INTEGER, "", T, "5个", REP, "5"},
	{KIND_INTEGER, "", T, "12.0", OK, "12"},
	{KIND_INTEGER, "", T, "12.5", BAD, "integer"},
	{KIND_INTEGER, "", T, "三十二", REP, "32"},
	{KIND_INTEGER, "", T, "一万二千", REP, "12000"},
	{KIND_INTEGER, "", T, "十", REP, "10"},
	{KIND_INTEGER, "架", T, "一千余", BAD, "number_about"},
	{KIND_PERCENT, "", T, "25.6%", OK, "25.6"},
	{KIND_PERCENT, "", T, "25.6％", REP, "25.6"},
	{KIND_PERCENT, "", T, "25.6", OK, "25.6"},
	{KIND_PERCENT, "%", N, "0.256", OK, "25.6"},
	{KIND_PERCENT, "", N, "0.256", OK, "0.256"},
	{KIND_PERCENT, "", T, "百分之二十五", REP, "25"},
	{KIND_PERCENT, "", T, "25‰", BAD, "percent"},
	{KIND_PERCENT, "", T, "约25%", BAD, "number_about"},
	/* dates */
	{KIND_DATE, "", T, "2023-03-05", OK, "2023-03-05"},
	{KIND_DATE, "", T, "2023年3月5日", REP, "2023-03-05"},
	{KIND_DATE, "", T, "2023 年 3 月 5 号", REP, "2023-03-05"},
	{KIND_DATE, "", T, "2023.3.5", REP, "2023-03-05"},
	{KIND_DATE, "", T, "2023/3/5", REP, "2023-03-05"},
	{KIND_DATE, "", T, "２０２３／３／５", REP, "2023-03-05"},
	{KIND_DATE, "", T, "20230305", REP, "2023-03-05"},
	{KIND_DATE, "", T, "2023/3/5 0:00", REP, "2023-03-05"},
	{KIND_DATE, "", T, "2023-03-05 00:00:00", REP, "2023-03-05"},
	{KIND_DATE, "", T, "2023-03-05T10:00:00+08:00", REP, "2023-03-05"},
	{KIND_DATE, "", T, "2023年3月5日（星期日）", REP, "2023-03-05"},
	{KIND_DATE, "", T, "二〇二三年三月五日", REP, "2023-03-05"},
	{KIND_DATE, "", T, "二○二三年十二月三十一日", REP, "2023-12-31"},
	{KIND_DATE, "", T, "2023—03—05", REP, "2023-03-05"},
	{KIND_DATE, "", T, "44990", REP, "2023-03-05"},
	{KIND_DATE, "", N, "44990", OK, "2023-03-05"},
	{KIND_DATE, "", N, "44990.75", OK, "2023-03-05"},
	{KIND_DATE, "", RAW_DATE, "2023-03-05", OK, "2023-03-05"},
	{KIND_DATE, "", RAW_DATE, "2023-03-05T08:30:00", OK, "2023-03-05"},
	{KIND_DATE, "", T, "2023-03", BAD, "date"},
	{KIND_DATE, "", T, "2023年3月", BAD, "date"},
	{KIND_DATE, "", T, "23年3月5日", BAD, "date"},
	{KIND_DATE, "", T, "5/3/2023", BAD, "date"},
	{KIND_DATE, "", T, "2023-02-30", BAD, "date"},
	{KIND_DATE, "", T, "2023-13-01", BAD, "date"},
	{KIND_DATE, "", T, "至今", BAD, "date"},
	{KIND_DATE, "", T, "三月", BAD, "date"},
	{KIND_DATE, "", T, "2023-03-05至2023-04-01", BAD, "date"},
	{KIND_DATE, "", T, "99999999", BAD, "date"},
	{KIND_MONTH, "", T, "2023-03", OK, "2023-03"},
	{KIND_MONTH, "", T, "2023年03月", REP, "2023-03"},
	{KIND_MONTH, "", T, "2023.3", REP, "2023-03"},
	{KIND_MONTH, "", T, "202303", REP, "2023-03"},
	{KIND_MONTH, "", T, "二〇二三年三月", REP, "2023-03"},
	{KIND_MONTH, "", T, "2023年3月份", REP, "2023-03"},
	{KIND_MONTH, "", T, "2023，3", REP, "2023-03"},
	{KIND_MONTH, "", T, "2023\\3\\5", REP, "2023-03"},
	{KIND_MONTH, "", T, "2023年3月初", BAD, "month"},
	{KIND_MONTH, "", T, "2023-03-05", REP, "2023-03"},
	{KIND_MONTH, "", RAW_DATE, "2023-03-01", OK, "2023-03"},
	{KIND_MONTH, "", T, "2021年13月", BAD, "month"},
	{KIND_MONTH, "", T, "2023", BAD, "month"},
	{KIND_MONTH, "", N, "2023.3", OK, "2023-03"},
	{KIND_MONTH, "", N, "2023.11", OK, "2023-11"},
	{KIND_MONTH, "", N, "2023.1", BAD, "month"}, /* of 2023.10 a cell of numbers keeps no more */
	{KIND_MONTH, "", T, "2023.1", REP, "2023-01"},
	/* choices */
	{KIND_CHOICE, "provinces", T, "北京市", OK, "北京市"},
	{KIND_CHOICE, "provinces", T, " 北京市 ", OK, "北京市"},
	{KIND_CHOICE, "provinces", T, "北京", REP, "北京市"},
	{KIND_CHOICE, "provinces", T, "内蒙古", REP, "内蒙古自治区"},
	{KIND_CHOICE, "provinces", T, "“广东省”", REP, "广东省"},
	{KIND_CHOICE, "provinces", T, "1.广东省", REP, "广东省"},
	{KIND_CHOICE, "provinces", T, "河", BAD, "choice"},
	{KIND_CHOICE, "provinces", T, "广东生", BAD, "choice"},
	{KIND_CHOICE, "provinces", T, "□北京市 ☑河北省", REP, "河北省"},
	{KIND_CHOICE, "provinces", T, "☑北京市 ☑河北省", BAD, "choice"},
	{KIND_CHOICE, "provinces", T, "√", BAD, "choice"},
	{KIND_CHOICE, "provinces", T, "□北京市 □河北省", EMPTY, ""},
	{KIND_CHOICES, "saving", T, " ☑ ", BAD, "choices"},
	{KIND_CHOICE, "provinces", T, "□北京市 □河北省", EMPTY, ""},
	{KIND_CHOICE, "rights", T, "没有", BAD, "choice"},
	{KIND_CHOICE, "both", T, "是 Yes", OK, "是 Yes"},
	{KIND_CHOICE, "both", T, "是", REP, "是 Yes"},
	{KIND_CHOICE, "both", T, "no", REP, "否 No"},
	{KIND_CHOICE, "both", T, "研究生", REP, "研究生 Graduate"},
	{KIND_CHOICE, "both", T, "Other", BAD, "choice"}, /* two have it */
	{KIND_CHOICE, "both", T, "甲", BAD, "choice"},
	{KIND_CHOICE, "both", T, "Graduat", BAD, "choice"},
	{KIND_CHOICE, "grades", T, "A-", OK, "A-"},
	{KIND_CHOICE, "grades", T, "☑a-", REP, "A-"},
	{KIND_CHOICE, "grades", T, "C#", OK, "C#"},
	{KIND_CHOICES, "grades", T, "C; A-", REP, "A-、C"},
	{KIND_CHOICES, "grades", T, "c#", REP, "C#"},
	{KIND_CHOICES, "grades", T, "C*", BAD, "choices"}, /* C++ or C# or C */
	{KIND_CHOICE, "sizes", T, "15 m", OK, "15 m"},
	{KIND_CHOICE, "sizes", T, "15m", OK, "15 m"},
	{KIND_CHOICE, "sizes", T, "1.5m", OK, "1.5 m"},
	{KIND_CHOICE, "sizes", T, "3.0 m", BAD, "choice"}, /* 30 it is not */
	{KIND_CHOICE, "sizes", T, "100", BAD, "choice"},   /* nor is it 1000 */
	{KIND_CHOICE, "sizes", T, "30", REP, "30 m"},
	{KIND_CHOICE, "sizes", T, "1000", REP, "1,000 m"},
	{KIND_CHOICE, "sizes", T, "18–25", REP, "18-25"},
	{KIND_CHOICE, "sizes", T, "18 ~ 25", REP, "18-25"},
	{KIND_CHOICE, "sizes", T, "18", BAD, "choice"},
	{KIND_CHOICE, "sizes", T, "1825", BAD, "choice"},
	{KIND_CHOICE, "sizes", T, "5", BAD, "choice"},
	{KIND_CHOICES, "both", T, "是,Graduate", REP, "是 Yes、研究生 Graduate"},
	{KIND_CHOICES, "saving", T, "节约用电", OK, "节约用电"},
	{KIND_CHOICES, "saving", T, "资源循环利用，节约用电", REP, "节约用电、资源循环利用"},
	{KIND_CHOICES, "saving", T, "节约用电、资源循环利用", OK, "节约用电、资源循环利用"},
	{KIND_CHOICES, "saving", T, "节约用电；it节能", REP, "节约用电、IT节能"},
	{KIND_CHOICES, "saving", T, "√节约用电 □其他", REP, "节约用电"},
	{KIND_CHOICES, "saving", T, "节约用电、节水", BAD, "choices"},
	{KIND_CHOICES, "saving", T, "节约用电 资源循环利用", REP, "节约用电、资源循环利用"},
	{KIND_CHOICES, "saving", T, "资源循环利用　节约用电；it节能", REP, "节约用电、资源循环利用、IT节能"},
	{KIND_CHOICES, "saving", T, "节约用电 节水", BAD, "choices"},
	{KIND_CONFIRM, "yes", T, "我已阅读并同意", OK, "我已阅读并同意"},
	{KIND_CONFIRM, "yes", T, "√", OK, "我已阅读并同意"},
	{KIND_CONFIRM, "yes", T, "☑", OK, "我已阅读并同意"},
	{KIND_CONFIRM, "yes", T, "是", OK, "我已阅读并同意"},
	{KIND_CONFIRM, "yes", T, "同意", OK, "我已阅读并同意"},
	{KIND_CONFIRM, "yes", T, "已阅读", OK, "我已阅读并同意"},
	{KIND_CONFIRM, "yes", T, "☑我已阅读并同意", OK, "我已阅读并同意"},
	{KIND_CONFIRM, "yes", RAW_BOOL, "TRUE", OK, "我已阅读并同意"},
	{KIND_CONFIRM, "yes", RAW_BOOL, "FALSE", BAD, "confirm"},
	{KIND_CONFIRM, "yes", T, "否", BAD, "confirm"},
	{KIND_CONFIRM, "yes", T, "不同意", BAD, "confirm"},
	{KIND_CONFIRM, "yes", T, "□", EMPTY, ""},
	{KIND_CONFIRM, "yes", T, "□我已阅读并同意", EMPTY, ""},
	{KIND_CONFIRM, "yes", T, "□同意 ☑不同意", BAD, "confirm"},
	{KIND_CONFIRM, "yes", T, "再议", BAD, "confirm"},
	{KIND_CONFIRM, "agree", T, "Agreed.", OK, "I have read the rules and agree"},
	{KIND_CONFIRM, "agree", T, "I agree", OK, "I have read the rules and agree"},
	{KIND_CONFIRM, "agree", T, "☑ Yes", OK, "I have read the rules and agree"},
	{KIND_CONFIRM, "agree", T, "☑ noted", OK, "I have read the rules and agree"},
	{KIND_CONFIRM, "agree", T, "☐ Yes ☑ No", BAD, "confirm"},
	{KIND_CONFIRM, "agree", T, "☑ I do not agree", BAD, "confirm"},
	{KIND_CONFIRM, "agree", T, "No", BAD, "confirm"},
	{KIND_CONFIRM, "agree", T, "☐ Yes", EMPTY, ""},
	/* codes */
	{KIND_USCC, "", T, "914403001922038216", OK, "914403001922038216"},
	{KIND_USCC, "", T, "9144 0300 1922 0382 16", OK, "914403001922038216"},
	{KIND_USCC, "", T, "9144030071526726xg", REP, "9144030071526726XG"},
	{KIND_USCC, "", T, "９１４４０３００７１５２６７２６ＸＧ", REP, "9144030071526726XG"},
	{KIND_USCC, "", T, "91350100MOOO1OOY43", REP, "91350100M000100Y43"},
	{KIND_USCC, "", T, "I2100000400000624D", REP, "12100000400000624D"},
	{KIND_USCC, "", T, "91350100M000100Y4", BAD, "uscc_shape"},
	{KIND_USCC, "", T, "91350100M000100Y4S", BAD, "uscc_shape"},
	{KIND_USCC, "", T, "无", BAD, "uscc_shape"},
	{KIND_USCC, "", N, "9.1440300192203821E17", BAD, "digits_lost"},
	{KIND_USCC, "", N, "914403001922038000", BAD, "digits_lost"},
	{KIND_USCC, "", T, "9.1440300192204E+17", BAD, "digits_lost"},
	{KIND_USCC, "", T, "11010519491231002X", BAD, "id_number_given"},
	{KIND_MOBILE, "", T, "13800138000", OK, "13800138000"},
	{KIND_MOBILE, "", T, "138 0013 8000", OK, "13800138000"},
	{KIND_MOBILE, "", T, "+86 138-0013-8000", REP, "13800138000"},
	{KIND_MOBILE, "", T, "0086 13800138000", REP, "13800138000"},
	{KIND_MOBILE, "", T, "8613800138000", REP, "13800138000"},
	{KIND_MOBILE, "", T, "１３８００１３８０００", REP, "13800138000"},
	{KIND_MOBILE, "", N, "13800138000", OK, "13800138000"},
	{KIND_MOBILE, "", N, "1.3800138E10", OK, "13800138000"},
	{KIND_MOBILE, "", T, "1.38E+10", BAD, "digits_lost"},
	{KIND_MOBILE, "", T, "1.3800138E10", BAD, "digits_lost"},
	{KIND_MOBILE, "", T, "1380013800", BAD, "mobile"},
	{KIND_MOBILE, "", T, "12800138000", BAD, "mobile"},
	{KIND_MOBILE, "", T, "13800138000/13900139000", BAD, "mobile"},
	{KIND_PHONE, "", T, "010-62301234", OK, "010-62301234"},
	{KIND_PHONE, "", T, "01062301234", REP, "010-62301234"},
	{KIND_PHONE, "", T, "（0755）26770000", REP, "0755-26770000"},
	{KIND_PHONE, "", T, "0313-6800000-802", OK, "0313-6800000-802"},
	{KIND_PHONE, "", T, "010-62301234转8001", REP, "010-62301234-8001"},
	{KIND_PHONE, "", T, "+86 10 62301234", REP, "010-62301234"},
	{KIND_PHONE, "", T, "400-810-1234", OK, "400-810-1234"},
	{KIND_PHONE, "", T, "13800138000", OK, "13800138000"},
	{KIND_PHONE, "", T, "010-62301234 / 13800138000", REP, "010-62301234、13800138000"},
	{KIND_PHONE, "", N, "1062301234", OK, "010-62301234"},
	{KIND_PHONE, "", T, "010-62301234/62301235", REP, "010-62301234、010-62301235"},
	{KIND_PHONE, "", T, "13800138000/62301235", BAD, "phone"},
	{KIND_PHONE, "", T, "’010-62301234", OK, "010-62301234"},
	{KIND_MOBILE, "", T, "'13800138000", OK, "13800138000"},
	{KIND_USCC, "", T, "'91350100M000100Y43", OK, "91350100M000100Y43"},
	{KIND_NUMBER, "万元", T, "'1280", OK, "1280"},
	{KIND_TEXT, "", T, "'引号", OK, "'引号"},
	{KIND_PHONE, "", T, "62301234", BAD, "phone"},
	{KIND_PHONE, "", T, "010-6230", BAD, "phone"},
	{KIND_PHONE, "", T, "010-62301234、电话", BAD, "phone"},
	{KIND_EMAIL, "", T, "zhangsan@example.cn", OK, "zhangsan@example.cn"},
	{KIND_EMAIL, "", T, "ZhangSan@Example.CN", REP, "ZhangSan@example.cn"},
	{KIND_EMAIL, "", T, "zhangsan＠163．com", REP, "zhangsan@163.com"},
	{KIND_EMAIL, "", T, "zhangsan@163。com", REP, "zhangsan@163.com"},
	{KIND_EMAIL, "", T, "zhangsan @ 163.com", OK, "zhangsan@163.com"},
	{KIND_EMAIL, "", T, "mailto:zhangsan@163.com", REP, "zhangsan@163.com"},
	{KIND_EMAIL, "", T, "张三 <zhangsan@163.com>", REP, "zhangsan@163.com"},
	{KIND_EMAIL, "", T, "zhang @ 163 . com", OK, "zhang@163.com"},
	{KIND_EMAIL, "", T, "zhang@163.com The picture", BAD, "email"},
	{KIND_EMAIL, "", T, "zhang@163.com\n二", BAD, "email"},
	{KIND_EMAIL, "", T, "zhang san@163.com", BAD, "email"},
	{KIND_EMAIL, "", T, "zhang@163.com ; ", REP, "zhang@163.com"},
	{KIND_EMAIL, "", T, "a@163.com;b@163.com", BAD, "email"},
	{KIND_EMAIL, "", T, "zhangsan", BAD, "email"},
	{KIND_EMAIL, "", T, "zhangsan@example", BAD, "email"},
	{KIND_EMAIL, "", T, "@example.cn", BAD, "email"},
	{KIND_EMAIL, "", T, "a@-b.cn", BAD, "email"},
	{KIND_EMAIL, "", T, "a@1.2.3.4", BAD, "email"},
	{KIND_POSTCODE, "", T, "100191", OK, "100191"},
	{KIND_POSTCODE, "", T, "１００１９１", REP, "100191"},
	{KIND_POSTCODE, "", N, "75400", OK, "075400"},
	{KIND_POSTCODE, "", T, "75400", BAD, "postcode"},
};

static void set_choices(Field *f, const char *list) {
	static const struct {
		const char *name, **v;
		size_t n;
	} lists[] = {{"provinces", provinces, 6}, {"saving", saving, 5}, {"yes", yes, 1}, {"rights", rights, 2},
	             {"both", both, 6},           {"grades", grades, 5}, {"sizes", sizes, 6}, {"agree", agree, 1}};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcmp(list, lists[i].name) == 0) {
			f->choice = lists[i].v;
			f->choice_n = lists[i].n;
		}
}

static Field field(const Case *c) {
	Field f = {.key = "f", .kind = c->kind, .unit = c->unit, .min_chars = -1, .max_chars = -1,
	           .min = NAN, .max = NAN, .min_date = WHEN_NONE, .max_date = WHEN_NONE};
	f.identity = strcmp(c->unit, "identity") == 0;
	set_choices(&f, c->unit);
	return f;
}

static void test_read(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const Case *c = &cases[i];
		Field f = field(c);
		bool percent = c->kind == KIND_PERCENT && strcmp(c->unit, "%") == 0;
		Value v = value_read(a, &f, c->typed, c->raw, percent);
		char row[200];
		snprintf(row, sizeof row, "kind %d \"%s\" (%s)", (int)c->kind, c->typed, v.text);
		ROW_INT(row, v.state, c->state);
		if (v.state == VALUE_BAD)
			ROW_STR(row, v.problem + strlen("problem."), c->text);
		else
			ROW_STR(row, v.text, c->text);
		ROW_TRUE(row, v.nearest != NULL);
		/* A normal form is its own normal form. */
		if (v.state != VALUE_BAD && v.state != VALUE_EMPTY) {
			Value again = value_read(a, &f, v.text, RAW_TEXT, false);
			ROW_STR(row, again.text, v.text);
			ROW_INT(row, again.state, VALUE_OK);
		}
		arena_reset(a);
	}
	arena_free(a);
}

static void test_details(void **state) {
	(void)state;
	Arena *a = arena_new();
	Case c = {KIND_CHOICE, "provinces", T, "", 0, ""};
	Field f = field(&c);
	assert_string_equal(value_read(a, &f, "广东生", T, false).nearest, "广东省");
	assert_string_equal(value_read(a, &f, "北京市海淀区", T, false).nearest, "北京市");
	assert_string_equal(value_read(a, &f, "月球", T, false).nearest, "");
	assert_string_equal(value_read(a, &f, "河", T, false).nearest, "");
	f.kind = KIND_USCC;
	assert_string_equal(value_read(a, &f, "91350203M0001QKT19", T, false).warning, "problem.uscc_check");
	assert_null(value_read(a, &f, "914403001922038216", T, false).warning);
	assert_string_equal(value_read(a, &f, "11010519491231002x", T, false).text, "110105********002x");
	f.kind = KIND_TEXT;
	f.identity = true; /* a contest that asks for it */
	assert_int_equal(value_read(a, &f, "11010519491231002X", T, false).state, VALUE_OK);
	f.identity = false;
	f.kind = KIND_PERCENT;
	f.unit = "";
	assert_string_equal(value_read(a, &f, "0.256", T, false).warning, "problem.percent_small");
	assert_string_equal(value_read(a, &f, "0.256", T, false).nearest, "25.6");
	assert_null(value_read(a, &f, "0.256", N, true).warning);
	f.kind = KIND_NUMBER;
	assert_true(value_read(a, &f, "1,234.5", T, false).number == 1234.5);
	arena_free(a);
}

static void test_limits(void **state) {
	(void)state;
	Arena *a = arena_new();
	Pattern *p = pattern_new("[0-9]+", NULL);
	Case c = {KIND_TEXT, "", T, "", 0, ""};
	Field text = field(&c), number = text, date = text, shaped = text, share = text;
	text.min_chars = 2, text.max_chars = 4;
	number.kind = KIND_NUMBER, number.min = 0, number.max = 100;
	date.kind = KIND_DATE, date.min_date = value_days("2023-01-01"), date.max_date = value_days("2023-12-31");
	shaped.pattern = p;
	share.kind = KIND_PERCENT, share.min = 60, share.max = 100;
	const struct {
		const Field *f;
		const char *typed, *want;
	} rows[] = {
		{&text, "一", "problem.too_short"}, {&text, "一二", NULL}, {&text, "一二三𠮷", NULL},
		{&text, "一二三四五", "problem.too_long"}, {&number, "-0.1", "problem.range"}, {&number, "0", NULL},
		{&number, "100", NULL}, {&number, "100.01", "problem.range"},
		{&date, "2022-12-31", "problem.date_range"}, {&date, "2023-01-01", NULL},
		{&date, "2023-12-31", NULL}, {&date, "2024-01-01", "problem.date_range"},
		{&shaped, "12", NULL}, {&shaped, "12a", "problem.pattern"},
		{&share, "60", NULL}, {&share, "0.9", "problem.percent_range"}, {&share, "0.5", "problem.range"},
		{&share, "0.9%", "problem.range"}, {&share, "９０", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Value v = value_read(a, rows[i].f, rows[i].typed, T, false);
		ROW_STR(rows[i].typed, value_fault(rows[i].f, &v), rows[i].want);
	}
	pattern_free(p);
	arena_free(a);
}

/* What a pattern wants is taken in another case and without blanks, never put together of two. */
static void test_pattern_repairs(void **state) {
	(void)state;
	static const struct {
		const char *pattern, *typed, *text;
		int state;
	} rows[] = {
		{"OM-[0-9]{5}", "OM-00417", "OM-00417", OK},      {"OM-[0-9]{5}", "om-00417", "OM-00417", REP},
		{"OM-[0-9]{5}", "ＯＭ－００４１７", "OM-00417", REP}, {"OM-[0-9]{5}", "om – 00 417", "OM-00417", REP},
		{"[a-z]+", "Abc", "abc", REP},                    {"[A-Za-z]+", "Abc", "Abc", OK},
		{"[0-9]{8}", "2023 0417", "20230417", OK},        {"[0-9]+", "12 13", "12 13", OK},
		{"[0-9]+", "1-2", "1-2", OK},                     {"[A-Z]-[0-9]{1,3}", "A-1 2", "A-1 2", OK},
		{"[0-9]{17}[0-9X]", "110105199912310021", "110105199912310021", OK},
	};
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Case c = {KIND_TEXT, "", T, "", 0, ""};
		Field f = field(&c);
		Pattern *p = pattern_new(rows[i].pattern, NULL);
		f.pattern = p;
		Value v = value_read(a, &f, rows[i].typed, T, false);
		ROW_STR(rows[i].typed, v.text, rows[i].text);
		ROW_INT(rows[i].typed, v.state, rows[i].state);
		pattern_free(p);
	}
	Case c = {KIND_TEXT, "", T, "", 0, ""};
	Field f = field(&c);
	Pattern *p = pattern_new("OM-[0-9]{5}", NULL);
	f.pattern = p, f.literal = true;
	assert_string_equal(value_read(a, &f, "om-00417", T, false).text, "om-00417");
	pattern_free(p);
	arena_free(a);
}

/* A text of megabytes, each sign of which may begin something: looked through once, or the time that a test has is over. */
static void test_long_values(void **state) {
	(void)state;
	static const struct {
		FieldKind kind;
		const char *piece, *end;
	} rows[] = {{KIND_LONGTEXT, "1-", "x"}, {KIND_TEXT, "1 ", "\u3000 1"}, {KIND_DATE, "一百", "五"}, {KIND_NUMBER, "二十万", "几"},
	            {KIND_PHONE, "1-", "1"},    {KIND_EMAIL, "@", "a"},        {KIND_CONFIRM, "是", "x"}, {KIND_USCC, "￥5", "5"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Buf b = {0};
		Case c = {rows[i].kind, "", T, "", 0, ""};
		Field f = field(&c);
		while (b.n < 1 << 20)
			buf_str(&b, rows[i].piece);
		buf_str(&b, rows[i].end);
		Value v = value_read(a, &f, buf_cstr(&b), RAW_TEXT, false);
		ROW_TRUE(rows[i].piece, v.state == VALUE_BAD || strlen(v.text) > 1 << 19);
		buf_free(&b);
		arena_free(a);
	}
}

static void test_shown(void **state) {
	(void)state;
	static const struct {
		bool identity, personal;
		const char *text, *shown;
	} rows[] = {
		{true, true, "11010519491231002X", "110105********002X"},
		{true, false, "11010519491231002X", "110105********002X"},
		{false, false, "号码：110105 19491231 002X、440524188001010014", "号码：110105 ******** 002X、440524********0014"},
		{false, false, "１１０１０５１９４９１２３１００２Ｘ", "１１０１０５********００２Ｘ"},
		{true, true, "110105194912310021", "110105********0021"},
		{true, true, "E12345678", "E12****78"},
		{true, false, "YD/T 2543", "YD/T 2543"},
		{false, true, "13800138000", "13800138000"},
		{true, true, "", ""},
	};
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Field f = {.identity = rows[i].identity, .personal = rows[i].personal};
		ROW_STR(rows[i].text, value_shown(a, &f, rows[i].text), rows[i].shown);
	}
	arena_free(a);
}

static void test_codes(void **state) {
	(void)state;
	static const struct {
		const char *code;
		bool shape, good;
	} rows[] = {
		{"914403001922038216", true, true}, {"9144030071526726XG", true, true},
		{"91330100799655058B", true, true}, {"91110000802100433B", true, true},
		{"9144030027939873X7", true, true}, {"91440300192317458F", true, true},
		{"91110108551385082Q", true, true}, {"91110000710925462X", true, true},
		{"91100000100003962T", true, true}, {"12100000400000624D", true, true},
		{"12100000400002259P", true, true}, {"91350100M000100Y43", true, true},
		{"91350100M000100Y4Z", false, false}, {"91350203M0001QKT19", true, false},
		{"91310115MA1H8R7C6D", true, false}, {"9144030019220382", false, false}, {"", false, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ROW_INT(rows[i].code, uscc_shape(rows[i].code), rows[i].shape);
		ROW_INT(rows[i].code, uscc_ok(rows[i].code), rows[i].good);
	}
	assert_true(id_number_ok("11010519491231002X"));
	assert_true(id_number_ok("11010519491231002x"));
	assert_true(id_number_ok("440524188001010014"));
	assert_false(id_number_ok("110105194912310021"));
	assert_false(id_number_ok("11010519491331002X"));
	assert_false(id_number_ok("914403001922038216"));
	assert_true(mail_address_ok("a.b+c@example.com.cn"));
	assert_false(mail_address_ok("a@b@c.cn"));
	assert_false(mail_address_ok("a b@c.cn"));
	assert_false(mail_address_ok("a@c.cn\r\nBcc: x@y.cn"));
	assert_false(mail_address_ok("a@c..cn"));
	assert_false(mail_address_ok("张三@c.cn"));
}

/* Days and dates agree over four centuries. */
static void test_days(void **state) {
	(void)state;
	Arena *a = arena_new();
	assert_int_equal(value_days("1970-01-01"), 0);
	assert_int_equal(value_days("2023-03-05"), 19421);
	assert_int_equal(value_days("2023-03"), value_days("2023-03-01"));
	for (int64_t d = -25000; d < 120000; d += 13) {
		assert_int_equal(value_days(value_day_text(a, d)), d);
		if (d % 1000 == 0)
			arena_reset(a);
	}
	static const char *const none[] = {"", "2023", "2023-3", "2023-02-29", "2023-03-05x", "x", "2023-03-"};
	for (size_t i = 1; i < sizeof none / sizeof *none; i++)
		if (i != 2)
			ROW_TRUE(none[i], value_days(none[i]) == WHEN_NONE);
	arena_free(a);
}

static void test_locale(void **state) {
	(void)state;
	Arena *a = arena_new();
	/* A locale with a decimal comma, where the machine has one. */
	setlocale(LC_ALL, "de_DE.UTF-8");
	assert_true(value_number("1234.5") == 1234.5);
	assert_true(isnan(value_number("1,5")));
	assert_true(isnan(value_number("")));
	assert_string_equal(value_number_text(a, 1234.5), "1234.5");
	assert_string_equal(value_number_text(a, 1e15), "1000000000000000");
	assert_string_equal(value_number_text(a, 1e20), "100000000000000000000");
	assert_string_equal(value_number_text(a, 0.00001), "0.00001");
	assert_string_equal(value_number_text(a, -0.5), "-0.5");
	assert_string_equal(value_number_text(a, 2087.0249999999996), "2087.025");
	setlocale(LC_ALL, "C");
	arena_free(a);
}

/* Whatever is typed: no crash, and the result is valid. */
static void test_noise(void **state) {
	(void)state;
	Arena *a = arena_new();
	uint64_t seed = 88172645463325252u;
	char raw[41];
	for (int i = 0; i < 20000; i++) {
		size_t n = random_next(&seed) % 40;
		random_fill(&seed, raw, n, "0123456789.,-+年月日万元%@E<>()/、 \u3000约☑□\xE3\x80\x81");
		const char *s = text_clean(a, (Str){raw, n});
		Case c = {(FieldKind)(random_next(&seed) % (KIND_POSTCODE + 1)),
		          random_next(&seed) % 2 ? "万元" : "saving", T, "", 0, ""};
		Field f = field(&c);
		Value v = value_read(a, &f, s, (RawKind)(random_next(&seed) % 4), random_next(&seed) % 2);
		assert_true(text_valid(str_of(v.text)));
		assert_int_equal(v.state == VALUE_BAD, v.problem != NULL);
		if (v.state != VALUE_BAD)
			value_fault(&f, &v);
		arena_reset(a);
	}
	arena_free(a);
}

/* Every sign that people type for a hyphen is one wherever a hyphen is looked for, in text as it came and as it is folded. */
static void test_hyphens(void **state) {
	(void)state;
	static const struct {
		const char *sign;
		bool hyphen;
	} rows[] = {
		{"-", true}, {"\u2010", true}, {"\u2011", true}, {"\u2012", true}, {"\u2013", true}, {"\u2014", true},
		{"\u2015", true}, {"\u2212", true}, {"\u30FC", true}, {"\uFF70", true}, {"\uFF0D", true},
		{"\uFE58", true}, {"\uFE63", true},
		{"~", false}, {"\u2016", false}, {"\u30FB", false}, {"\u4E00", false}, {"\U0001F600", false},
	};
	Arena *a = arena_new();
	Track track = {.code = "T4"};
	const Rules r = {.number_prefix = "", .number_width = 4, .track = &track, .track_n = 1};
	const Field mobile = {.kind = KIND_MOBILE}, date = {.kind = KIND_DATE}, id = {.kind = KIND_TEXT, .identity = true};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *s = rows[i].sign, *end, *number = arena_fmt(a, "110105%s19491231%s002X", s, s);
		bool is = rows[i].hyphen;
		size_t n;
		ROW_INT(s, text_hyphen(s), is ? strlen(s) : 0);
		ROW_INT(s, value_read(a, &mobile, arena_fmt(a, "138%s0013%s8000", s, s), T, false).state == VALUE_REPAIRED, is);
		ROW_INT(s, value_read(a, &date, arena_fmt(a, "2023%s3%s5", s, s), T, false).state != VALUE_BAD, is);
		ROW_INT(s, id_number_in(number, &n, NULL) != NULL, is);
		ROW_STR(s, value_read(a, &id, number, T, false).text, is ? "11010519491231002X" : text_fold(a, number));
		ROW_STR(s, rules_find_number(&r, a, arena_fmt(a, "T4%s0007", s)), is ? "T4-0007" : NULL);
		const char *code = text_fold(a, arena_fmt(a, "S7K3%sM9QX%s2PD4", s, s));
		ROW_STR(s, code_at(a, CODE_SETTING, code, &end), is ? "S7K3M9QX2PD4" : NULL);
	}
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),   cmocka_unit_test(test_details), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_pattern_repairs), cmocka_unit_test(test_shown), cmocka_unit_test(test_long_values), cmocka_unit_test(test_codes),  cmocka_unit_test(test_days),    cmocka_unit_test(test_locale),
		cmocka_unit_test(test_noise),   cmocka_unit_test(test_hyphens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
