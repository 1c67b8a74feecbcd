using Evergrain.WebUI.App.Batch;
using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Pages;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.WebUI.App.Language;

/// <summary>Every word that the page says; one subclass for each language, so that the compiler finds what a language lacks.</summary>
internal abstract class Words
{
    /// <summary>BCP 47.</summary>
    public abstract string Tag { get; }

    // Everywhere
    public abstract string NavOne { get; }
    public abstract string NavMany { get; }
    public abstract string NavCluster { get; }
    public abstract string Navigation { get; }
    public abstract string SkipToContent { get; }
    public abstract string UseDark { get; }
    public abstract string UseLight { get; }
    public abstract string NotFound { get; }
    public abstract string Cancel { get; }
    public abstract string Clear { get; }
    public abstract string NoSettings { get; }
    public abstract string Unreachable { get; }
    public abstract string HostGone { get; }
    public abstract string Confidence { get; }
    public abstract string Locked { get; }
    public abstract string Truncated { get; }
    public abstract string AsksAgain { get; }
    public abstract string GoesOnByItself { get; }

    // One text
    public abstract string OneTitle { get; }
    public abstract string OneLabel { get; }
    public abstract string OnePlaceholder { get; }
    public abstract string Examples { get; }
    public abstract string ClauseTitle { get; }
    public abstract string MarginTitle { get; }
    public abstract string MarginHint { get; }
    public abstract string History { get; }
    public abstract string HistoryEmpty { get; }

    // Many texts
    public abstract string ManyTitle { get; }
    public abstract string FileTitle { get; }
    public abstract string DropHere { get; }
    public abstract string DropHint { get; }
    public abstract string ChooseFile { get; }
    public abstract string Reading { get; }
    public abstract string TextColumn { get; }
    public abstract string HasHeader { get; }
    public abstract string Preview { get; }
    public abstract string PasteTitle { get; }
    public abstract string PasteLabel { get; }
    public abstract string StartLines { get; }
    public abstract string Pause { get; }
    public abstract string Resume { get; }
    public abstract string Stop { get; }
    public abstract string New { get; }
    public abstract string NewTitle { get; }
    public abstract string NewWarning { get; }
    public abstract string NewYes { get; }
    public abstract string RunningState { get; }
    public abstract string PausedState { get; }
    public abstract string StoppedState { get; }
    public abstract string DoneState { get; }
    public abstract string SummaryTitle { get; }
    public abstract string GroupBy { get; }
    public abstract string AsTable { get; }
    public abstract string PositiveShare { get; }
    public abstract string NoValue { get; }
    public abstract string NothingToGroup { get; }
    public abstract string RowsTitle { get; }
    public abstract string Show { get; }
    public abstract string Search { get; }
    public abstract string ColumnText { get; }
    public abstract string ColumnVerdict { get; }
    public abstract string ColumnCorrected { get; }
    public abstract string EmptyRow { get; }
    public abstract string WaitingRow { get; }

    // Cluster
    public abstract string ClusterTitle { get; }
    public abstract string Silos { get; }
    public abstract string Gateways { get; }
    public abstract string DrillReport { get; }
    public abstract string EnterKey { get; }
    public abstract string ForgetKey { get; }
    public abstract string KeyLabel { get; }
    public abstract string KeyHint { get; }
    public abstract string UseKey { get; }
    public abstract string ModelsDiffer { get; }
    public abstract string Address { get; }
    public abstract string AnswersIn { get; }
    public abstract string Sees { get; }
    public abstract string TrafficShare { get; }
    public abstract string DeviceLoad { get; }
    public abstract string DeviceMemory { get; }
    public abstract string Queue { get; }
    public abstract string Speed { get; }
    public abstract string Model { get; }
    public abstract string Warmth { get; }
    public abstract string Database { get; }
    public abstract string Drain { get; }
    public abstract string Undrain { get; }
    public abstract string DrainAnyway { get; }
    public abstract string DrainLastTitle { get; }
    public abstract string Dashboard { get; }
    public abstract string TimelineTitle { get; }
    public abstract string TimelineEmpty { get; }
    public abstract string PicksTitle { get; }
    public abstract string PicksHint { get; }

    // With numbers and names
    public abstract string MarginLabel(float margin);

    public abstract string WhyUncertain(float margin);

    public abstract string ServedBy(string silo, string version, double milliseconds);

    public abstract string Rerouted(int attempts);

    public abstract string FileFacts(int rows, int columns, string encoding);

    public abstract string StartRows(int rows);

    public abstract string Counts(int done, int all, int failed, int empty);

    public abstract string Rate(double perSecond, TimeSpan? left);

    public abstract string GoOn(int left);

    public abstract string RetryFailed(int failed);

    public abstract string AnsweredBy(string silos);

    public abstract string AskedAgain(int rows);

    public abstract string TruncatedRows(int rows);

    public abstract string MixedVersions(string versions);

    public abstract string Meanwhile(int count);

    public abstract string GatewayChanged(string gateway, bool up);

    public abstract string HostChanged(bool up);

    public abstract string ShareFacts(int positive, int negative, int uncertain);

    public abstract string LeastConfidence(float least);

    public abstract string Shown(int shown, int all);

    public abstract string CorrectRow(int row);

    public abstract string TextsPerSecond(double rate);

    public abstract string Milliseconds(double time);

    public abstract string SeesSilos(int usable, int all);

    public abstract string CutOff(string gateways);

    public abstract string PulseName(string silo);

    public abstract string QueueText(long tokens, int texts);

    public abstract string TokensPerSecond(double rate);

    public abstract string DatabaseAway(double seconds);

    public abstract string DashboardHint(string node);

    public abstract string DrainLast(string silo);

    public abstract string Drained(string silo);

    public abstract string Undrained(string silo);

    public abstract string SeenBy(string gateways);

    public abstract string Of(Verdict verdict);

    public abstract string Kind(RowKind kind);

    public abstract string ClusterState(string state);

    public abstract string SiloState(string state);

    public abstract string GatewayState(bool? up);

    public abstract string FileProblem(TableProblem problem);

    /// <param name="code">Of the API.</param>
    /// <param name="detail">Its own words, for codes without any of ours.</param>
    public abstract string Problem(string code, string detail);

    /// <param name="kind">Of a cluster's event.</param>
    /// <param name="silo">Whom it is about; empty where none is meant.</param>
    /// <param name="inFlight">Calls that were in flight there.</param>
    public abstract string Event(string kind, string silo, int inFlight);

    /// <summary>Why something happened, in the page's language where it has words for it.</summary>
    public abstract string Cause(string cause);

    /// <summary>A silo that is not ready, and since the others serve, what that means.</summary>
    public abstract string Trouble(string silo, string state);

    /// <summary>Why a call went where it went.</summary>
    public abstract string Pick(PickView pick);

    /// <summary>Names of the columns that a download gets.</summary>
    public abstract ResultNames Results { get; }

    protected abstract string Span(TimeSpan time);
}
