namespace Evergrain.WebUI.App.Tables;

/// <summary>Why a file gives no table.</summary>
public enum TableProblem
{
    /// <summary>No row in it.</summary>
    Empty,

    /// <summary>Neither a text nor a workbook.</summary>
    NotATable,

    /// <summary>A workbook that is damaged or protected by a password.</summary>
    Unreadable,

    /// <summary>More bytes or rows than the page takes.</summary>
    TooLarge,
}

/// <summary>A file that cannot be read.</summary>
internal sealed class TableException(TableProblem problem, Exception? inner = null) : Exception(problem.ToString(), inner)
{
    public TableProblem Problem { get; } = problem;
}
