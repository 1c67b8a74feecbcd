namespace Evergrain.WebUI.App.Batch;

/// <summary>How far a row is.</summary>
internal enum RowState : byte
{
    /// <summary>Not asked yet, or to be asked again.</summary>
    Waiting,

    /// <summary>Has an answer.</summary>
    Done,

    /// <summary>Has none, and asking again would not help; says why.</summary>
    Failed,

    /// <summary>Blank: nothing to ask.</summary>
    Empty,
}
