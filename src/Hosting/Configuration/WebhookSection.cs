using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Evergrain.Hosting.Configuration;

/// <summary>Reads an entry of webhooks. No message holds a url or a secret: both are what a stranger must not see.</summary>
internal static partial class WebhookSection
{
    private static readonly ImmutableArray<(string Name, AlertClass Value)> Classes =
    [
        ("silo_lost", AlertClass.SiloLost), ("silo_failed", AlertClass.SiloFailed), ("silo_ejected", AlertClass.SiloEjected),
        ("silo_full", AlertClass.SiloFull), ("silo_back", AlertClass.SiloBack), ("silo_draining", AlertClass.SiloDraining),
        ("poison", AlertClass.Poison), ("database", AlertClass.Database), ("failover", AlertClass.Failover),
    ];

    public static WebhookConfig Read(ConfigSection section, int index)
    {
        var missing = ImmutableArray.CreateBuilder<ConfigError>();
        var format = section.OneOf("format", WebhookFormat.Json,
            ("json", WebhookFormat.Json), ("dingtalk", WebhookFormat.DingTalk), ("wecom", WebhookFormat.WeCom), ("feishu", WebhookFormat.Feishu));
        var webhook = new WebhookConfig
        {
            Format = format,
            Url = Url(section, missing),
            Secret = Secret(section, format, missing),
            Events = Events(section),
            RepeatAfter = section.Duration("repeatAfter", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            MissingVariables = missing.ToImmutable(),
        };
        section.Close();
        return webhook;
    }

    private static Uri Url(ConfigSection section, ImmutableArray<ConfigError>.Builder missing)
    {
        // Stands where there is none: every use of it is behind the error.
        var none = new Uri("http://missing.invalid/");
        if (!section.Has("url"))
        {
            section.Report("url", "is missing; write the address that the group's robot gave you");
            return none;
        }

        if (Expand(section, "url", missing) is not { } text) return none;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0) return url;
        section.Report("url", "is not an address; write http://… or https://… in full");
        return none;
    }

    private static string? Secret(ConfigSection section, WebhookFormat format, ImmutableArray<ConfigError>.Builder missing)
    {
        if (!section.Has("secret")) return null;
        if (format is not (WebhookFormat.DingTalk or WebhookFormat.Feishu))
            section.Report("secret", "only dingtalk and feishu sign their messages; leave it out");
        var secret = Expand(section, "secret", missing);
        if (secret is { Length: 0 }) section.Report("secret", "is empty; leave it out where the robot asks for none");
        return secret;
    }

    private static ImmutableArray<AlertClass> Events(ConfigSection section)
    {
        if (section.Texts("events") is not { } texts) return WebhookConfig.DefaultEvents;
        var classes = ImmutableArray.CreateBuilder<AlertClass>();
        foreach (var text in texts)
        {
            var index = Classes.Select(c => c.Name).ToList().IndexOf(text.Text);
            if (index < 0) section.ReportAt(text.Line, "events", $"'{text.Text}' is unknown; use {string.Join(", ", Classes.Select(c => c.Name))}");
            else classes.Add(Classes[index].Value);
        }

        if (texts.Length == 0) section.Report("events", "is empty; leave it out for all that needs a person");
        if (classes.Count > 0 && classes.All(c => c == AlertClass.SiloBack))
            section.Report("events", "silo_back is told only after a loss was; name silo_lost, silo_failed, silo_ejected, silo_full or silo_draining too");
        return [.. classes.Distinct()];
    }

    /// <summary>The value with the environment's in the place of ${NAME}; null where one is missing, which is no error yet.</summary>
    private static string? Expand(ConfigSection section, string key, ImmutableArray<ConfigError>.Builder missing)
    {
        if (section.Text(key) is not { } text) return null;
        var complete = true;
        var value = Variable().Replace(text, match =>
        {
            var name = match.Groups[1].Value;
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } found) return found;
            missing.Add(new ConfigError(section.LineOf(key), $"{section.PathOf(key)}: the environment variable {name} is not set"));
            complete = false;
            return "";
        });
        return complete ? value : null;
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
