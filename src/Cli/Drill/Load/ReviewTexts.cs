using System.Collections.Immutable;
using System.Text.Json;

namespace Evergrain.Cli.Drill.Load;

/// <summary>Reviews as people write them, short and long, written for the drill.</summary>
internal static class ReviewTexts
{
    private const int Characters = 240;

    /// <summary>Of a call that is not cut into chunks: it is answered or refused as a whole.</summary>
    private const int Calls = 6;

    /// <summary>A request for each.</summary>
    public static ImmutableArray<byte[]> Bodies => [.. All.Select(LoadGenerator.Body)];

    /// <summary>Requests for <c>/batch_predict</c>: six texts of 240 characters each. Running one costs far more than asking for it.</summary>
    public static ImmutableArray<byte[]> Batches
    {
        get
        {
            ImmutableArray<string> texts = [.. All.Select((_, first) => string.Concat(From(All, first, All.Length))[..Characters])];
            return [.. texts.Select((_, first) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, IEnumerable<string>> { ["texts"] = From(texts, first, Calls) }))];
        }
    }

    public static ImmutableArray<string> All { get; } =
    [
        "很好用。", "太差劲了！", "非常满意！", "不值这个价", "下次还会再来。", "再也不买了。", "物流很快", "味道一般般",
        "这家店的牛肉面汤很香，肉也给得足。",
        "等了一个半小时才上菜，端来的时候已经凉透了。",
        "房间干净整洁，前台小姑娘笑起来特别亲切。",
        "隔音太糟糕，隔壁打电话的声音听得一清二楚，一夜没睡好。",
        "手机拿到手很惊喜，屏幕细腻，电池用一天没问题。",
        "充电线用了三天就断了，联系客服一直不回复。",
        "老师讲得清楚明白，孩子听完回家还抢着给我讲。",
        "课程内容和介绍的完全不一样，感觉被骗了。",
        "书的纸张很舒服，字号也合适，晚上看不累眼睛。",
        "收到的书封面折了一大块，里面还有好几页缺页。",
        "洗衣机声音小，洗得也干净，妈妈特别喜欢。",
        "冰箱刚装上就漏水，师傅来了两趟都没修好，气人。",
        "电影前半段有点慢，后半段把我看哭了，值得一看。",
        "剧情老套，演员像在背台词，看了二十分钟就想走。",
        "外卖小哥下着大雨还准时送到，真的辛苦了，谢谢！",
        "汤洒了一袋子，米饭都泡成粥了，商家还说不是他的问题。",
        "衣服颜色和图片一样，面料柔软，穿着很显瘦。",
        "洗了一次就缩水，颜色掉得整盆水都是红的。",
        "酒店离地铁站走路五分钟，早餐种类多，性价比很高。",
        "说是海景房，打开窗户只看得到对面的工地。",
        "耳机音质清澈，降噪在地铁上很管用，推荐！",
        "戴了半小时耳朵就疼，蓝牙还老是断开。",
        "环境不错，就是菜有点咸，总体来说还可以。",
        "服务态度没得说，可惜价格偏高，学生党慎重。",
        "外观漂亮，功能却少得可怜，买来当摆设吧。",
        "开始有些失望，用了一个月之后越来越喜欢了。",
        "包装很用心，里面还有一张手写的卡片，暖到我了。",
        "快递盒子被压扁了，里面的杯子碎成了三块，退货又要我自己出运费。",
        "带爸妈来的，服务员主动帮忙拿椅子、倒热水，老人家一直夸，走的时候还送了一小盒点心，下次家里聚餐还选这里。",
        "预订的时候说有停车位，到了却说停满了，让我们自己去外面找，绕了四十分钟才停好，晚上又因为空调坏了换了两次房间，实在不会再来了。",
        "这台扫地机器人比我想象的聪明，会绕开电线，拖地也不留水印，家里有猫的朋友真的可以考虑，每天回家地上干干净净的心情都好了。",
        "买之前看了很多好评，结果用了不到一个星期就开始自动关机，客服先让重启，再让恢复出厂设置，最后说过了七天不能退，只能寄修，太让人失望了。",
        "医生很耐心，把检查结果一项一项讲给我听，还安慰我别紧张，护士打针也不疼，虽然排队有点久，但整体就医体验很好。",
        "挂号排队一小时，看病三分钟，问了两句就不耐烦，让我自己上网查，完全没有解决问题，诊费还不便宜。",
        "公园里的荷花开得正好，早上人少，空气清新，散步一圈神清气爽。",
        "景区门票涨价了，里面却到处在施工，小吃又贵又难吃，照片都拍不成，全家都很扫兴。",
        "键盘手感清脆，打字一天手也不累，灯光还可以自己调。",
        "鼠标左键一个月就失灵了，这质量也敢卖这么贵？",
        "客服回复很快，退款当天就到账，处理得很专业。",
        "打了五次热线都是忙音，好不容易接通，又被转来转去，最后直接挂断了。",
        "奶茶甜度刚好，珍珠软糯，店面虽小但很干净。",
        "咖啡又酸又涩，像是放了一整天的，喝了一口就倒掉了。",
        "价格实惠，量又大，两个人吃一份就够了。",
        "分量少得像试吃装，还没吃就没了，坑人。",
        "新车开了三千公里，油耗比宣传的还低，座椅也舒服，跑长途不累。",
        "提车第二天仪表盘就报警，去店里查了一天说没事，第三天又亮了，闹心。",
        "孩子玩得不肯走，工作人员也很负责，安全措施做得到位。",
        "说好的儿童乐园，一半设施贴着维修中的牌子，票价却一分不少。",
        "面膜很服帖，第二天脸上水水的，没有过敏。",
        "用完脸上起了一片红疹，去医院花了几百块，再也不敢乱买了。",
        "虽然等位久了点，但是味道对得起这个时间。",
        "不好不坏，能用，没有特别的感觉。",
    ];

    private static IEnumerable<string> From(ImmutableArray<string> texts, int first, int count) => Enumerable.Range(first, count).Select(i => texts[i % texts.Length]);
}
