using Evergrain.Engine.Sessions;

namespace Evergrain.Engine.Models;

/// <summary>Asks a session that serves whether it still knows its answers: one text of each label, so that neither a constant nor swapped labels pass.</summary>
internal sealed class KnownAnswerProbe(ModelPackage package, IModelSession session, TimeProvider time)
{
    private readonly SessionTrial _trial = new(package, session, time);
    private readonly KnownAnswer[] _answers = [.. package.KnownAnswers.DistinctBy(known => known.Label)];

    /// <returns>What is wrong; null where nothing is.</returns>
    public string? Problem()
    {
        try
        {
            return _trial.Ask(_answers).FirstOrDefault(result => !result.IsRight) is { } wrong ? $"wrong known answer: {wrong}" : null;
        }
        catch (Exception e)
        {
            return $"the known answers fail: {e.GetType().Name}: {e.Message.Split('\n')[0].Trim()}";
        }
    }
}
