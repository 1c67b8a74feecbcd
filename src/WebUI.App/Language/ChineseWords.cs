using System.Globalization;
using Evergrain.WebUI.App.Batch;
using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Pages;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.WebUI.App.Language;

/// <summary>Simplified Chinese, the default.</summary>
internal sealed class ChineseWords : Words
{
    public static readonly ChineseWords All = new();

    public override string Tag => "zh-CN";

    // Everywhere
    public override string NavOne => "单条分析";
    public override string NavMany => "批量分析";
    public override string NavCluster => "集群";
    public override string Navigation => "主导航";
    public override string SkipToContent => "跳到正文";
    public override string UseDark => "切换到深色";
    public override string UseLight => "切换到浅色";
    public override string NotFound => "没有这个页面";
    public override string Cancel => "取消";
    public override string Clear => "清空";
    public override string NoSettings => "暂时取不到页面配置，正在重试…";
    public override string Unreachable => "所有网关都连不上。页面会一直重试，恢复后自动继续，无需刷新。";
    public override string HostGone => "提供网页文件的服务已停止。本页不受影响，请不要刷新，直到它恢复。";
    public override string Confidence => "置信度";
    public override string Locked => "这个服务需要密钥。";
    public override string Truncated => "文本过长，只分析了前面的部分。";
    public override string AsksAgain => "正在自动重试…";
    public override string GoesOnByItself => "恢复后自动继续，已完成的结果不会丢失。";

    // One text
    public override string OneTitle => "中文情感分析";
    public override string OneLabel => "输入或粘贴一段文字";
    public override string OnePlaceholder => "例如：这家店的服务真不错！";
    public override string Examples => "试一试：";
    public override string ClauseTitle => "逐句分析";
    public override string MarginTitle => "判断尺度";
    public override string MarginHint => "两个概率之差小于这个值时，显示“不确定”，不硬分正负。";
    public override string History => "本次访问的记录";
    public override string HistoryEmpty => "分析过的文字会出现在这里，关闭页面后不保留。";

    // Many texts
    public override string ManyTitle => "批量情感分析";
    public override string FileTitle => "上传文件";
    public override string DropHere => "把 CSV、TSV 或 Excel 文件拖到这里，或点击选择";
    public override string DropHint => "自动识别 UTF-8 / GBK 编码和表头；文件只在浏览器里读取，只有文本列会发送给服务器。";
    public override string ChooseFile => "选择文件";
    public override string Reading => "正在读取…";
    public override string TextColumn => "文本列";
    public override string HasHeader => "第一行是表头";
    public override string Preview => "文件预览";
    public override string PasteTitle => "粘贴多行";
    public override string PasteLabel => "每行一条";
    public override string StartLines => "开始分析";
    public override string Pause => "暂停";
    public override string Resume => "继续";
    public override string Stop => "停止";
    public override string New => "分析新文件";
    public override string NewTitle => "开始新的分析？";
    public override string NewWarning => "本次结果还没有下载，继续将会丢失。";
    public override string NewYes => "丢弃并继续";
    public override string RunningState => "正在分析";
    public override string PausedState => "已暂停";
    public override string StoppedState => "已停止";
    public override string DoneState => "分析完成";
    public override string SummaryTitle => "汇总";
    public override string GroupBy => "分组";
    public override string AsTable => "查看数字";
    public override string PositiveShare => "正面占比";
    public override string NoValue => "（空）";
    public override string NothingToGroup => "文件里如果有日期或类别列，这里会显示分组图表。";
    public override string RowsTitle => "逐条结果";
    public override string Show => "显示";
    public override string Search => "搜索";
    public override string ColumnText => "文本";
    public override string ColumnVerdict => "结果";
    public override string ColumnCorrected => "人工修正";
    public override string EmptyRow => "空行";
    public override string WaitingRow => "等待中";

    // Cluster
    public override string ClusterTitle => "集群状态";
    public override string Silos => "推理节点";
    public override string Gateways => "网关";
    public override string DrillReport => "最近一次故障演练报告";
    public override string EnterKey => "输入密钥";
    public override string ForgetKey => "忘记密钥";
    public override string KeyLabel => "密钥";
    public override string KeyHint => "密钥只保存在这个标签页里，关闭即忘。排空和恢复节点需要运维密钥；服务要求密钥时，分析也需要。管理员用 ./evergrain key 名字 生成。";
    public override string UseKey => "使用";
    public override string ModelsDiffer => "各节点的模型版本不一致（正在更换模型，或有节点被遗漏）。";
    public override string Address => "地址";
    public override string AnswersIn => "响应时间";
    public override string Sees => "可用节点";
    public override string TrafficShare => "流量占比";
    public override string DeviceLoad => "设备负载";
    public override string DeviceMemory => "设备内存";
    public override string Queue => "队列";
    public override string Speed => "处理能力";
    public override string Model => "模型";
    public override string Warmth => "预热";
    public override string Database => "成员库";
    public override string Drain => "排空";
    public override string Undrain => "恢复服务";
    public override string DrainAnyway => "仍然排空";
    public override string DrainLastTitle => "这是最后一个可用节点";
    public override string Dashboard => "Orleans 面板";
    public override string TimelineTitle => "事件时间线";
    public override string TimelineEmpty => "还没有事件。";
    public override string PicksTitle => "最近的路由决定";
    public override string PicksHint => "每个请求为什么去了那个节点。";

    // With numbers and names
    public override string MarginLabel(float margin) => $"不确定区间：概率差 < {margin:0.00}";

    public override string WhyUncertain(float margin) => $"两个概率之差小于 {margin:0.00}，模型没有把握。";

    public override string ServedBy(string silo, string version, double milliseconds) => $"由 {silo} 用模型 {version} 回答，用时 {milliseconds:0} 毫秒";

    public override string Rerouted(int attempts) => $"（自动换路，共问了 {attempts} 个节点）";

    public override string FileFacts(int rows, int columns, string encoding) => $"{rows:N0} 行 · {columns} 列" + (encoding.Length > 0 ? $" · {encoding}" : "");

    public override string StartRows(int rows) => $"分析 {rows:N0} 行";

    public override string Counts(int done, int all, int failed, int empty) => $"已完成 {done:N0} / {all - empty:N0}" + (failed > 0 ? $" · 失败 {failed:N0}" : "") + (empty > 0 ? $" · 空行 {empty:N0}" : "");

    public override string Rate(double perSecond, TimeSpan? left) => $" · 每秒 {perSecond:N0} 条" + (left is { } time ? $" · 剩余约 {Span(time)}" : "");

    public override string GoOn(int left) => $"继续剩余 {left:N0} 条";

    public override string RetryFailed(int failed) => $"重试失败的 {failed:N0} 条";

    public override string AnsweredBy(string silos) => $"回答者：{silos}";

    public override string AskedAgain(int rows) => $" · 自动重发 {rows:N0} 条";

    public override string TruncatedRows(int rows) => $" · {rows:N0} 条过长被截断";

    public override string MixedVersions(string versions) => $"期间更换过模型，版本：{versions}";

    public override string Meanwhile(int count) => $"期间发生的事（{count}）";

    public override string GatewayChanged(string gateway, bool up) => up ? $"网关 {gateway} 恢复" : $"网关 {gateway} 不可用，请求改走其他网关";

    public override string HostChanged(bool up) => up ? "网页服务恢复" : "网页服务停止，本页不受影响";

    public override string ShareFacts(int positive, int negative, int uncertain) => $"正面 {positive:N0} · 负面 {negative:N0} · 不确定 {uncertain:N0}";

    public override string LeastConfidence(float least) => $"置信度 ≥ {least:P0}";

    public override string Shown(int shown, int all) => $"显示 {shown:N0} / {all:N0} 行";

    public override string CorrectRow(int row) => $"修正第 {row} 行";

    public override string TextsPerSecond(double rate) => $"每秒 {rate:0.#} 条";

    public override string Milliseconds(double time) => $"{time:0} 毫秒";

    public override string SeesSilos(int usable, int all) => $"{usable} / {all}";

    public override string CutOff(string gateways) => $"{gateways} 连不到它，其他网关可以";

    public override string PulseName(string silo) => $"{silo} 最近一分钟每秒回答的条数";

    public override string QueueText(long tokens, int texts) => $"{tokens:N0} 个 token 排队，{texts} 条处理中";

    public override string TokensPerSecond(double rate) => $"每秒 {rate:N0} 个 token";

    public override string DatabaseAway(double seconds) => $"已断开 {seconds:0} 秒（服务不受影响）";

    public override string DashboardHint(string node) => $"面板只在服务器 {node} 本机可访问，其他机器需通过 SSH 隧道";

    public override string DrainLast(string silo) => $"排空 {silo} 之后将没有节点应答请求。";

    public override string Drained(string silo) => $"{silo} 已排空，不再接收新请求";

    public override string Undrained(string silo) => $"{silo} 已恢复服务";

    public override string SeenBy(string gateways) => $"由 {gateways} 观察到";

    public override string Of(Verdict verdict) => verdict switch
    {
        Verdict.Positive => "正面",
        Verdict.Negative => "负面",
        _ => "不确定",
    };

    public override string Kind(RowKind kind) => kind switch
    {
        RowKind.All => "全部",
        RowKind.Positive => "正面",
        RowKind.Negative => "负面",
        RowKind.Uncertain => "不确定",
        RowKind.Failed => "失败",
        RowKind.Review => "待复核（置信度从低到高）",
        _ => "已修正",
    };

    public override string ClusterState(string state) => state switch
    {
        "healthy" => "集群正常",
        "degraded" => "部分异常，服务正常",
        "down" => "没有可用节点",
        "unreachable" => "网关连不上",
        "locked" => "需要密钥",
        _ => "正在连接…",
    };

    public override string SiloState(string state) => state switch
    {
        "ready" => "正常",
        "starting" => "启动中",
        "draining" => "已排空",
        "failed" => "故障",
        "suspect" => "疑似失联",
        "ejected" => "暂时摘除",
        "lost" => "失联",
        _ => "未知",
    };

    public override string GatewayState(bool? up) => up switch
    {
        true => "正常",
        false => "连不上",
        _ => "正在连接",
    };

    public override string FileProblem(TableProblem problem) => problem switch
    {
        TableProblem.Empty => "文件里没有数据行。",
        TableProblem.NotATable => "这不是表格文件。请使用 CSV、TSV、TXT、XLSX 或 XLS。",
        TableProblem.Unreadable => "文件打不开：已损坏，或有密码保护。",
        _ => "文件太大：最多 200 MB、1,000,000 行。请拆分后再上传。",
    };

    public override string Problem(string code, string detail) => code switch
    {
        "unreachable" => "网关暂时连不上。",
        "overloaded" => "服务繁忙，正在排队。",
        "rate_limited" => "请求过于频繁。",
        "no_silo" => "暂时没有可用的推理节点。",
        "deadline_exceeded" => "响应超时。",
        "suspected_poison" => "这条文本两次导致节点异常，已被拒绝。",
        "too_large" => "文本过长。",
        "invalid" => "文本无效。",
        "unauthorized" => "缺少密钥，或密钥不正确。",
        "forbidden" => "需要运维密钥；还没有的话，请管理员用 ./evergrain key 生成。",
        "inference_failed" => "模型处理这条文本时出错。",
        _ => $"出错了：{detail}",
    };

    public override string Event(string kind, string silo, int inFlight) => kind switch
    {
        "joined" => $"{silo} 加入集群",
        "ready" => $"{silo} 开始服务",
        "lost" => $"{silo} 失联",
        "left" => $"{silo} 正常退出",
        "suspected" => $"{silo} 疑似失联（收不到心跳）",
        "trusted" => $"{silo} 心跳恢复",
        "failover" => $"{silo} 上的请求已转到其他节点（{inFlight} 条）",
        "ejected" => $"{silo} 因多次失败被暂时摘除",
        "readmitted" => $"{silo} 通过检查，重新启用",
        "draining" => $"{silo} 开始排空",
        "failed" => $"{silo} 故障",
        "starting" => $"{silo} 启动中",
        "evicted" => $"{silo} 被集群移除",
        "poison_refused" => $"{silo} 发现疑似有害文本，已拒绝",
        "database_lost" => $"{silo} 与成员库断开（服务不受影响）",
        "database_back" => $"{silo} 成员库恢复",
        "hot" => $"{silo} 设备繁忙，新请求改走其他节点",
        "cool" => $"{silo} 负载回落，恢复分流",
        "memory_full" => $"{silo} 设备内存不足，停止分流",
        "memory_free" => $"{silo} 内存恢复，继续分流",
        "models_differ" => "各节点的模型版本不一致",
        "models_agree" => "各节点的模型版本一致",
        _ => $"{silo} {kind}",
    };

    public override string Cause(string cause) => cause switch
    {
        "its load reports do not come" => "收不到它的负载报告",
        "its load reports come again" => "又收到它的负载报告",
        "its device is busy: new calls go to the others" => "设备繁忙，新请求改走其他节点",
        "its device is not that busy any more" => "设备不再那么忙",
        "calls are not kept away from it any more" => "不再避开它",
        "connected, and it reports" => "已连接，并开始报告负载",
        "its probe was answered as before" => "探测请求回答正确",
        "its probe was not answered as it should be" => "探测请求回答不正确",
        "it has answered its first calls" => "首批请求回答正确",
        "it drained, and its connection closed" => "排空后断开连接",
        "its connection closed" => "连接断开",
        "too many of its attempts failed" => "失败次数过多",
        "its calls were sent elsewhere" => "它的请求已转到别处",
        "membership declared it dead" => "成员表判定它已失效",
        "two processes were lost while this text ran alone" => "两个进程在单独处理这条文本时失联",
        "it starts" => "正在启动",
        "it takes no new calls" => "不再接收新请求",
        "it cannot answer" => "无法应答",
        "it takes calls again" => "重新接收请求",
        "the membership database does not answer it" => "成员库对它没有响应",
        "the membership database answers it again" => "成员库恢复响应",
        "its device's memory is nearly full: it gets no new calls" => "设备内存将满，不再分给新请求",
        "its device has memory again" => "设备内存恢复",
        "silos that take calls serve different models" => "接收请求的节点模型不同",
        "every silo that takes calls serves the same model" => "所有接收请求的节点模型相同",
        _ => cause,
    };

    public override string Trouble(string silo, string state) => $"{silo} {SiloState(state)}，请求由其他节点应答。";

    public override string Pick(PickView pick)
    {
        var others = pick.Candidates.Where(c => c.Silo != pick.Silo).Select(Candidate);
        var chosen = pick.Candidates.FirstOrDefault(c => c.Silo == pick.Silo);
        var copy = pick.Hedge ? "迟到请求的第二份：" : "";
        if (chosen is null) return $"{copy}没有可用节点：{string.Join("，", others)}";
        var why = pick.Reason switch
        {
            "tie" => "，预计时间相近，随机选取",
            "fewest_queued" => "，各节点都忙，选排队最少的",
            "fail_open" => "，没有合适的节点，仍然一试",
            _ => "",
        };
        return $"{copy}{string.Join("，", others.Prepend(Candidate(chosen)))}{why}";
    }

    private static string Candidate(CandidateView candidate) => $"{candidate.Silo} " + candidate.State switch
    {
        "eligible" => string.Create(CultureInfo.InvariantCulture, $"预计 {candidate.PredictedFinishMs:0.0} 毫秒{(candidate.Hot ? "（繁忙）" : "")}"),
        "not_connected" => "未连接",
        "suspect" => "疑似失联",
        "starting" => "启动中",
        "draining" => "排空中",
        "failed" => "故障",
        "ejected" => "暂时摘除",
        "declared_dead" => "已被判定失效",
        "memory_full" => "内存不足",
        "tried" => "已问过",
        "other_model" => "模型不同",
        "slow_start" => "刚恢复，份额已用完",
        var other => other,
    };

    public override ResultNames Results => new("情感", "置信度", "正面概率", "负面概率", "人工修正", "错误", Of);

    protected override string Span(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours} 小时 {time.Minutes} 分" : time.TotalMinutes >= 1 ? $"{time.Minutes} 分 {time.Seconds} 秒" : $"{time.Seconds} 秒";
}
