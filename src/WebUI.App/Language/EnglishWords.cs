using Evergrain.WebUI.App.Batch;
using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Pages;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.WebUI.App.Language;

/// <summary>English.</summary>
internal sealed class EnglishWords : Words
{
    public static readonly EnglishWords All = new();

    public override string Tag => "en";

    // Everywhere
    public override string NavOne => "One text";
    public override string NavMany => "Many texts";
    public override string NavCluster => "Cluster";
    public override string Navigation => "Main navigation";
    public override string SkipToContent => "Skip to content";
    public override string UseDark => "Use dark colours";
    public override string UseLight => "Use light colours";
    public override string NotFound => "No such page";
    public override string Cancel => "Cancel";
    public override string Clear => "Clear";
    public override string NoSettings => "The page's settings cannot be had at the moment; trying again…";
    public override string Unreachable => "No gateway can be reached. The page keeps trying and goes on by itself; there is no need to reload.";
    public override string HostGone => "The server of this page's files has stopped. The page goes on without it; do not reload until it is back.";
    public override string Confidence => "Confidence";
    public override string Locked => "This service asks for a key.";
    public override string Truncated => "The text was too long: only its beginning was looked at.";
    public override string AsksAgain => "Asking again…";
    public override string GoesOnByItself => "It goes on by itself, and no result is lost.";

    // One text
    public override string OneTitle => "Sentiment of a Chinese text";
    public override string OneLabel => "Write or paste a text";
    public override string OnePlaceholder => "For example: 这家店的服务真不错!";
    public override string Examples => "Try one:";
    public override string ClauseTitle => "Clause by clause";
    public override string MarginTitle => "When is it uncertain?";
    public override string MarginHint => "Where the two probabilities are closer than this, the page says “uncertain” instead of taking a side.";
    public override string History => "This visit";
    public override string HistoryEmpty => "Texts that you ask for show up here; nothing is kept when the page closes.";

    // Many texts
    public override string ManyTitle => "Sentiment of many texts";
    public override string FileTitle => "A file";
    public override string DropHere => "Drop a CSV, TSV or Excel file here, or click to choose one";
    public override string DropHint => "UTF-8 and GBK are told apart; the file is read in the browser, and only the text column is sent.";
    public override string ChooseFile => "Choose a file";
    public override string Reading => "Reading…";
    public override string TextColumn => "Text column";
    public override string HasHeader => "The first row names the columns";
    public override string Preview => "Preview of the file";
    public override string PasteTitle => "Lines of text";
    public override string PasteLabel => "One text a line";
    public override string StartLines => "Start";
    public override string Pause => "Pause";
    public override string Resume => "Go on";
    public override string Stop => "Stop";
    public override string New => "New file";
    public override string NewTitle => "Start anew?";
    public override string NewWarning => "The results have not been saved and would be lost.";
    public override string NewYes => "Discard them";
    public override string RunningState => "Running";
    public override string PausedState => "Paused";
    public override string StoppedState => "Stopped";
    public override string DoneState => "Done";
    public override string SummaryTitle => "Summary";
    public override string GroupBy => "Group by";
    public override string AsTable => "The numbers";
    public override string PositiveShare => "Share positive";
    public override string NoValue => "(none)";
    public override string NothingToGroup => "With a column of dates or categories in the file, a chart by it shows up here.";
    public override string RowsTitle => "Rows";
    public override string Show => "Show";
    public override string Search => "Search";
    public override string ColumnText => "Text";
    public override string ColumnVerdict => "Result";
    public override string ColumnCorrected => "Corrected";
    public override string EmptyRow => "blank";
    public override string WaitingRow => "waiting";

    // Cluster
    public override string ClusterTitle => "The cluster";
    public override string Silos => "Silos";
    public override string Gateways => "Gateways";
    public override string DrillReport => "Last fault drill";
    public override string EnterKey => "Enter key";
    public override string ForgetKey => "Forget key";
    public override string KeyLabel => "Key";
    public override string KeyHint => "The key is kept in this tab only and forgotten when it closes. Drain and undrain need an operator's; where the service asks for keys, so do predictions. ./evergrain key NAME makes one.";
    public override string UseKey => "Use it";
    public override string ModelsDiffer => "The silos serve different models: one is being changed, or one was forgotten.";
    public override string Address => "Address";
    public override string AnswersIn => "Answers in";
    public override string Sees => "Usable silos";
    public override string TrafficShare => "Share of traffic";
    public override string DeviceLoad => "Device load";
    public override string DeviceMemory => "Device memory";
    public override string Queue => "Queue";
    public override string Speed => "Speed";
    public override string Model => "Model";
    public override string Warmth => "Slow start";
    public override string Database => "Database";
    public override string Drain => "Drain";
    public override string Undrain => "Undrain";
    public override string DrainAnyway => "Drain all the same";
    public override string DrainLastTitle => "This is the last usable silo";
    public override string Dashboard => "Orleans Dashboard";
    public override string TimelineTitle => "Timeline";
    public override string TimelineEmpty => "Nothing has happened yet.";
    public override string PicksTitle => "Last decisions of the routing";
    public override string PicksHint => "Why each request went where it went.";

    // With numbers and names
    public override string MarginLabel(float margin) => $"Uncertain below a difference of {margin:0.00}";

    public override string WhyUncertain(float margin) => $"The two probabilities differ by less than {margin:0.00}: the model does not know.";

    public override string ServedBy(string silo, string version, double milliseconds) => $"Answered by {silo} with model {version} in {milliseconds:0} ms";

    public override string Rerouted(int attempts) => $" (rerouted: {attempts} silos were asked)";

    public override string FileFacts(int rows, int columns, string encoding) => $"{rows:N0} rows · {columns} columns" + (encoding.Length > 0 ? $" · {encoding}" : "");

    public override string StartRows(int rows) => $"Analyse {rows:N0} rows";

    public override string Counts(int done, int all, int failed, int empty) => $"{done:N0} of {all - empty:N0} done" + (failed > 0 ? $" · {failed:N0} failed" : "") + (empty > 0 ? $" · {empty:N0} blank" : "");

    public override string Rate(double perSecond, TimeSpan? left) => $" · {perSecond:N0} a second" + (left is { } time ? $" · about {Span(time)} left" : "");

    public override string GoOn(int left) => $"Go on with {left:N0}";

    public override string RetryFailed(int failed) => $"Retry {failed:N0} failed";

    public override string AnsweredBy(string silos) => $"Answered by: {silos}";

    public override string AskedAgain(int rows) => $" · {rows:N0} sent again by itself";

    public override string TruncatedRows(int rows) => $" · {rows:N0} too long, cut off";

    public override string MixedVersions(string versions) => $"The model was changed meanwhile; versions: {versions}";

    public override string Meanwhile(int count) => $"What happened meanwhile ({count})";

    public override string GatewayChanged(string gateway, bool up) => up ? $"Gateway {gateway} is back" : $"Gateway {gateway} does not answer: calls go to the others";

    public override string HostChanged(bool up) => up ? "The page's server is back" : "The page's server has stopped: this page goes on without it";

    public override string ShareFacts(int positive, int negative, int uncertain) => $"{positive:N0} positive · {negative:N0} negative · {uncertain:N0} uncertain";

    public override string LeastConfidence(float least) => $"Confidence ≥ {least:P0}";

    public override string Shown(int shown, int all) => $"{shown:N0} of {all:N0} rows shown";

    public override string CorrectRow(int row) => $"Correct row {row}";

    public override string TextsPerSecond(double rate) => $"{rate:0.#} texts a second";

    public override string Milliseconds(double time) => $"{time:0} ms";

    public override string SeesSilos(int usable, int all) => $"{usable} of {all}";

    public override string CutOff(string gateways) => $"{gateways} cannot reach it; others can";

    public override string PulseName(string silo) => $"Texts a second that {silo} answered in the last minute";

    public override string QueueText(long tokens, int texts) => $"{tokens:N0} tokens queued, {texts} texts in flight";

    public override string TokensPerSecond(double rate) => $"{rate:N0} tokens a second";

    public override string DatabaseAway(double seconds) => $"away for {seconds:0} s (calls go on)";

    public override string DashboardHint(string node) => $"The dashboard listens on the loopback of server {node}; from elsewhere it needs an SSH tunnel";

    public override string DrainLast(string silo) => $"With {silo} drained, nothing answers calls any more.";

    public override string Drained(string silo) => $"{silo} is drained: it takes no new calls";

    public override string Undrained(string silo) => $"{silo} is back in service";

    public override string SeenBy(string gateways) => $"seen by {gateways}";

    public override string Of(Verdict verdict) => verdict switch
    {
        Verdict.Positive => "positive",
        Verdict.Negative => "negative",
        _ => "uncertain",
    };

    public override string Kind(RowKind kind) => kind switch
    {
        RowKind.All => "all",
        RowKind.Positive => "positive",
        RowKind.Negative => "negative",
        RowKind.Uncertain => "uncertain",
        RowKind.Failed => "failed",
        RowKind.Review => "to review (least confident first)",
        _ => "corrected",
    };

    public override string ClusterState(string state) => state switch
    {
        "healthy" => "Healthy",
        "degraded" => "Degraded, serving",
        "down" => "No silo serves",
        "unreachable" => "No gateway answers",
        "locked" => "Locked",
        _ => "Connecting…",
    };

    public override string SiloState(string state) => state switch
    {
        "ready" => "ready",
        "starting" => "starting",
        "draining" => "draining",
        "failed" => "failed",
        "suspect" => "suspect",
        "ejected" => "ejected",
        "lost" => "lost",
        _ => "unknown",
    };

    public override string GatewayState(bool? up) => up switch
    {
        true => "up",
        false => "down",
        _ => "connecting",
    };

    public override string FileProblem(TableProblem problem) => problem switch
    {
        TableProblem.Empty => "There is no row in it.",
        TableProblem.NotATable => "This is no table; use CSV, TSV, TXT, XLSX or XLS.",
        TableProblem.Unreadable => "The file cannot be opened: it is damaged, or protected by a password.",
        _ => "The file is too large: at most 200 MB and 1,000,000 rows. Split it.",
    };

    public override string Problem(string code, string detail) => code switch
    {
        "unreachable" => "No gateway answers.",
        "overloaded" => "The service is busy.",
        "rate_limited" => "Too many requests.",
        "no_silo" => "No silo can answer at the moment.",
        "deadline_exceeded" => "It was not answered in time.",
        "suspected_poison" => "This text was there twice when a silo was lost; it is refused.",
        "too_large" => "The text is too long.",
        "invalid" => "The text is not valid.",
        "unauthorized" => "The key is missing or not right.",
        "forbidden" => "This needs an operator's key; ./evergrain key NAME --role operator makes one.",
        "inference_failed" => "The model failed on this text.",
        _ => $"It failed: {detail}",
    };

    public override string Event(string kind, string silo, int inFlight) => kind switch
    {
        "joined" => $"{silo} joined",
        "ready" => $"{silo} takes calls",
        "lost" => $"{silo} was lost",
        "left" => $"{silo} left",
        "suspected" => $"{silo} is suspect: its reports do not come",
        "trusted" => $"{silo} reports again",
        "failover" => $"{silo}'s calls went to others ({inFlight})",
        "ejected" => $"{silo} was ejected for a while",
        "readmitted" => $"{silo} was readmitted",
        "draining" => $"{silo} drains",
        "failed" => $"{silo} failed",
        "starting" => $"{silo} starts",
        "evicted" => $"{silo} was evicted by membership",
        "poison_refused" => $"{silo} met a suspected poison text",
        "database_lost" => $"{silo} lost the database; calls go on",
        "database_back" => $"{silo} has the database again",
        "hot" => $"{silo} is hot: new calls go to others",
        "cool" => $"{silo} is cool again",
        "memory_full" => $"{silo} has no device memory left",
        "memory_free" => $"{silo} has device memory again",
        "models_differ" => "Silos serve different models",
        "models_agree" => "All silos serve the same model",
        _ => $"{silo} {kind}",
    };

    public override string Cause(string cause) => cause;

    public override string Trouble(string silo, string state) => $"{silo} is {SiloState(state)}; the others answer.";

    public override string Pick(PickView pick) => pick.Why;

    public override ResultNames Results => new("sentiment", "confidence", "positive", "negative", "corrected", "error", Of);

    protected override string Span(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes} min" : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s" : $"{time.Seconds} s";
}
