using Evergrain.Client.Channels;
using Evergrain.Client.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Channels;

public class ModelAgreementTests
{
    private readonly ClusterEvents _events = new(NullLogger<ClusterEvents>.Instance, new FakeTimeProvider());

    /// <summary>One look after another: which model each silo serves ("-": it is not ready), and what is told.</summary>
    [Theory]
    [InlineData("a1 b1", "")]
    [InlineData("a1 b2", "ModelsDiffer")]
    [InlineData("a1 b2, a1 b2", "ModelsDiffer")] // once
    [InlineData("a1 b1, a2 b1, a2 b-, a2 b2", "ModelsDiffer ModelsAgree")] // a change of the model, silo by silo
    [InlineData("a1 b1 c1, a2 b1 c1, a2 b2 c1, a2 b2 c2", "ModelsDiffer ModelsAgree")]
    [InlineData("a1 b2, a- b-, a1 b2", "ModelsDiffer")]
    [InlineData("a1 b-, a- b2", "")] // never both at once
    public void Look_Models_EachTurnIsToldOnce(string looks, string told)
    {
        var agreement = new ModelAgreement(_events);
        foreach (var look in looks.Split(", ")) agreement.Look(look.Split(' ').Select(Report));
        Assert.Equal(told, string.Join(' ', _events.Recent.Select(e => e.Kind)));
    }

    [Fact]
    public void Look_ModelsDiffer_EvidenceNamesVersionAndHashOfEach()
    {
        new ModelAgreement(_events).Look([Report("b2"), Report("a1")]);
        var told = Assert.Single(_events.Recent);
        Assert.Equal(("", "silo-a → 1.0 11111111, silo-b → 2.0 22222222"), (told.Silo, told.Evidence));
    }

    private static LoadReport Report(string text)
    {
        var report = ReportStateTests.Report(1, 1) with { Silo = $"silo-{text[0]}" };
        return text[1] == '-'
            ? report with { State = SiloState.Starting }
            : report with { Model = ModelIdentity.None with { Version = $"{text[1]}.0", Hash = new string(text[1], 64) } };
    }
}
