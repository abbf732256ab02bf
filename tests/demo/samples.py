"""Sample mail of every kind, for the demo and the stories: what entrants, robots and strangers send.  All of it is made
here.  Each sample: (label, arrival, bytes of the mail, the outcome it must have)."""
import io
import os
import zipfile

import compound
import contest
import forms
import mails

RECEIPT_OF = "<resend-%s@qq.com>"


def form(home, code, **override):
    return forms.fill(home.form(code), contest.answers(contest.load(home.path), code, **override))


def projects(home, n):
    """The mails of as many organisations, each with a project of its own in T4."""
    for i in range(1, n + 1):
        whole = form(home, "T4", project__title="第%d期数据中心改造" % i, org__name="第%d数据有限公司" % i,
                     contact__mail="c%d@example.cn" % i)
        yield mails.mail("a%d@example.cn" % i, "申报", "", [("申报表.xlsx", whole), ("盖章.pdf", PDF)])


def gbk_zip(files):
    """A zip as Chinese Windows makes it: names in GBK, no flag."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files:
            raw = name.encode("gbk")
            info = zipfile.ZipInfo("x" * len(raw))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, data)
    data = out.getvalue()
    for name, _ in files:
        raw = name.encode("gbk")
        data = data.replace(b"x" * len(raw), raw, 2)
    return data


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


# What an encrypted workbook looks like from outside.
OLE_ENCRYPTED = compound.compound({"EncryptedPackage": b"", "EncryptionInfo": b""})


def accepted(home):
    org4 = "河北绿源数据科技有限公司"
    t4 = form(home, "T4", org__name=org4, project__title="寒区数据中心间接蒸发冷却改造")
    yield ("T4 form from QQ Mail, with a stamped page", "2023-03-28T10:12:00+08:00",
           mails.mail("lvyuan@qq.com", "【参赛】绿色数据中心申报", "您好，附件为我单位申报表，请查收。",
                      [("申报表-绿源.xlsx", t4), ("盖章扫描件.pdf", PDF)], name="绿源 王工", charset="gb18030",
                      message_id="<tencent_4A@qq.com>", headers=["X-QQ-MIME: TCMime 1.0 by Tencent"]), "accepted")
    t1 = form(home, "T1", org__name="江苏恒信智能制造有限公司", project__title="钢铁产线数字化能效管控平台")
    yield ("T1 form inside a zip with GBK names", "2023-03-28T16:40:00+08:00",
           mails.mail("hengxin@163.com", "新绿杯 赛项一", "材料见压缩包",
                      [("参赛材料.zip", gbk_zip([("赛项一/申报表.xlsx", t1), ("赛项一/盖章页.pdf", PDF)]))], name="恒信"),
           "accepted")
    t7 = form(home, "T7", org__name="中原通信设备股份有限公司", project__title="通信设备绿色供应链协同管理")
    yield ("T7 form at the closing second", "2023-03-31T23:59:59+08:00",
           mails.mail("supply@example.cn", "提交申报表", "", [("T7申报表.xlsx", t7), ("盖章.pdf", PDF)]), "accepted")


def first_day(home):
    """What lies in the inbox on 30 March."""
    for s in list(accepted(home))[:2]:
        yield s
    faulty = form(home, "T5", org__uscc="91350100M000100Y", contact__mobile="1380013", project__title=None,
                  project__end="2021年1月")
    yield ("T5 form with four faults", "2023-03-29T09:00:00+08:00",
           mails.mail("guangfu@126.com", "赛项五申报", "请审核", [("申报表.xlsx", faulty), ("盖章.pdf", PDF)],
                      message_id="<faulty@126.com>"), "rejected")
    yield ("no attachment", "2023-03-29T09:10:00+08:00",
           mails.mail("busy@qq.com", "新绿杯参赛申报表", "申报表见附件，谢谢。"), "rejected")
    yield ("only a link to a net disk", "2023-03-29T09:20:00+08:00",
           mails.mail("cloud@qq.com", "参赛材料", "从QQ邮箱发来的超大附件\n\n申报表.xlsx (12.03M, 2023年04月27日 21:59 到期)"
                      "进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=0&code=abcd"), "rejected")
    yield ("only a scan", "2023-03-29T09:30:00+08:00",
           mails.mail("scan@qq.com", "申报表扫描件", "", [("申报表.pdf", PDF)]), "rejected")
    yield ("a password-protected form", "2023-03-29T09:40:00+08:00",
           mails.mail("secret@qq.com", "申报表", "密码123456", [("申报表.xlsx", OLE_ENCRYPTED)]), "rejected")
    whole = form(home, "T2")
    yield ("a truncated form", "2023-03-29T09:50:00+08:00",
           mails.mail("cut@qq.com", "申报表", "", [("申报表.xlsx", whole[:len(whole) // 2])]), "rejected")
    with open(home.form("T3"), "rb") as f:
        empty = f.read()
    yield ("an empty form", "2023-03-29T10:00:00+08:00",
           mails.mail("empty@qq.com", "申报表", "", [("T3申报表.xlsx", empty)]), "rejected")
    abroad = form(home, "T6", org__registered="国外", org__name="海外通信研究公司", project__title="海外共建共享实践")
    yield ("an organisation registered abroad", "2023-03-29T10:10:00+08:00",
           mails.mail("abroad@example.com", "T6", "", [("T6.xlsx", abroad), ("盖章.pdf", PDF)]), "not-eligible")
    yield ("sent before the opening", "2023-01-05T23:59:59+08:00",
           mails.mail("early@example.cn", "T3", "", [("T3.xlsx", form(home, "T3")), ("盖章.pdf", PDF)]), "late")
    yield ("asks for the forms of one track", "2023-03-29T11:00:00+08:00",
           mails.mail("wants@example.cn", "模板 赛项四", "请发模板"), "request")
    yield ("asks for help", "2023-03-29T11:10:00+08:00", mails.mail("help@example.cn", "帮助", ""), "request")
    yield ("a question", "2023-03-29T11:20:00+08:00",
           mails.mail("asks@example.cn", "关于高校教师个人", "老师好，我们学院的两个系能否分别组队参加？想当面咨询一下。"), "unrecognised")
    yield ("a bounce", "2023-03-29T12:00:00+08:00",
           mails.mail("Postmaster@163.com", "系统退信", "抱歉，您的邮件被退回来了", headers=["Return-Path: <>"]), "bounce")
    yield ("an auto-reply from QQ", "2023-03-29T12:10:00+08:00",
           mails.mail("away@qq.com", "自动回复:回执", "这是来自QQ邮箱的假期自动回复邮件。", headers=["X-QQ-AUTO-REPLY: true"]),
           "auto-reply")
    yield ("a newsletter", "2023-03-29T12:20:00+08:00",
           mails.mail("news@shop.example.com", "本周优惠", "全场五折", headers=["List-Id: <news.shop.example.com>",
                                                                        "Precedence: bulk"]), "bulk")
    yield ("a thank-you", "2023-03-29T12:30:00+08:00", mails.mail("lvyuan@qq.com", "回复：回执", "收到，谢谢！"), "note")
    yield ("a form of another contest", "2023-03-29T12:40:00+08:00",
           mails.mail("other@qq.com", "创业大赛报名表", "", [("报名表.xlsx", other_contest())]), "rejected")
    yield ("fifty thousand nested parts", "2023-03-29T12:50:00+08:00", nested(50000), None)


def last_days(home):
    """What comes until 1 April."""
    same = form(home, "T4", org__name="河北绿源数据科技有限公司", project__title="寒区数据中心间接蒸发冷却改造")
    yield ("the T4 form again from its sender, who missed the receipt", "2023-03-30T15:00:00+08:00",
           mails.mail("lvyuan@qq.com", "再次发送申报表", "未收到回执，重发", [("申报表-绿源.xlsx", same), ("盖章扫描件.pdf", PDF)],
                      name="绿源 王工"), "duplicate")
    yield ("the same organisation and title from somebody else", "2023-03-30T15:30:00+08:00",
           mails.mail("colleague@lvyuan.example.cn", "申报", "", [("申报表.xlsx", form(
               home, "T4", org__name="河北绿源数据科技有限公司", project__title="寒区数据中心间接蒸发冷却改造",
               contact__name="李四")), ("盖章.pdf", PDF)]), "duplicate")
    mended = form(home, "T5", org__name="福建光福新能源有限公司", project__title="通信基站光伏储能融合供电")
    yield ("the faulty T5 form, mended", "2023-03-31T10:00:00+08:00",
           mails.mail("guangfu@126.com", "回复：申报表需要修改", "已修改", [("申报表.xlsx", mended), ("盖章.pdf", PDF),
                                                             ("绿色电力交易凭证.pdf", PDF)]), "accepted")
    yield list(accepted(home))[2]
    yield ("one second after the closing", "2023-04-01T00:00:00+08:00",
           mails.mail("tardy@example.cn", "T2申报", "", [("T2.xlsx", form(home, "T2", org__name="迟到科技有限公司")),
                                                       ("盖章.pdf", PDF)]), "late")


def besides(home):
    """What comes meanwhile for entries that stand, or by other ways; before the last days."""
    yield ("more files for the T4 entry, named by its number", "2023-03-30T11:00:00+08:00",
           mails.mail("lvyuan@qq.com", "T4-0001 补充材料", "补充检测报告", [("节能量检测报告.pdf", PDF)]), "supplement")
    yield ("a check before submitting", "2023-03-30T12:00:00+08:00",
           mails.mail("careful@example.cn", "预检：赛项三", "请先看看", [
               ("T3.xlsx", form(home, "T3", contact__mobile="1380013")), ("盖章.pdf", PDF)]), "precheck")
    yield ("a withdrawal asked for", "2023-03-30T13:00:00+08:00",
           mails.mail("hengxin@163.com", "T1-0001 申请撤回", "因故申请撤回，请办理。"), "change")
    yield ("a form that came to the secretariat, forwarded by it", "2023-03-30T14:00:00+08:00",
           mails.mail("office@example.org", "转发: 参赛", "请登记", parts=[enclosed(mails.mail(
               "entrant@qq.com", "参赛", "", [("T6.xlsx", form(home, "T6", org__name="转达通信有限公司")), ("盖章.pdf", PDF)],
               headers=["Received: from mx by mail.example.org; Thu, 30 Mar 2023 09:00:00 +0800"]))]), "accepted")


def enclosed(mail):
    """A mail as an attachment of another."""
    return ("Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"fwd.eml\"\r\n\r\n"
            + mail.decode("latin-1"))


def other_contest():
    import openpyxl
    wb = openpyxl.Workbook()
    for i, (k, v) in enumerate([("报名表", None), ("团队名称", "星火"), ("队长姓名", "张三"), ("创业方向", "餐饮")], 1):
        wb.active.cell(i, 1).value, wb.active.cell(i, 2).value = k, v
    out = io.BytesIO()
    wb.save(out)
    return out.getvalue()


def nested(n):
    """A mail of n multiparts, each inside the one before."""
    head = mails.mail("poison@example.com", "T4", "x").split(b"\r\n\r\n")[0]
    head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-"))
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(n))
    return head + b"\r\n" + parts + b"Content-Type: text/plain\r\n\r\nx\r\n"
