using System.ComponentModel;
using System.Text.RegularExpressions;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Messaging;
using Messaging.ServiceDefaults.Settings;
using Messaging.ServiceDefaults.Telemetry;
using Messaging.Standalone;
using Messaging.Worker;
using Messaging.Worker.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Docs;

/// <summary>The page of settings has every setting that the processes read, and no other, with its default.</summary>
public sealed partial class SettingsPageTests
{
    private const string NoDefault = "—";

    private static readonly Dictionary<string, string> Listed = Row().Matches(Page.Read("docs/operating/settings.md").Text)
        .ToDictionary(row => row.Groups["setting"].Value, row => row.Groups["default"].Value.Trim(), StringComparer.Ordinal);

    private static readonly Dictionary<string, (Type Type, object? Default)> Read = Sections()
        .SelectMany(section => Settings(section.IsKeyed ? $"{section.Name}:{{queue}}" : section.Name, section.Type, Activator.CreateInstance(section.Type)!))
        .ToDictionary(setting => setting.Path, setting => (setting.Type, setting.Default), StringComparer.Ordinal);

    [Fact]
    public void ItHasEverySettingAndNoOther() => Assert.Equal(Read.Keys.Order(StringComparer.Ordinal), Listed.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void ItHasTheDefaultsOfTheCode()
    {
        var wrong =
            from setting in Listed
            where Read.ContainsKey(setting.Key)
            let expected = Read[setting.Key]
            where !IsDefault(setting.Value, expected.Type, expected.Default)
            select $"{setting.Key}: {setting.Value}, not {expected.Default}";

        Every.IsRight(wrong);
    }

    [Fact]
    public void SettingsThatPagesNameExist()
    {
        var sections = Read.Keys.Select(path => path.Split(':')[0]).ToHashSet(StringComparer.Ordinal);

        Every.IsRight(
            from page in Page.Paths
            from text in Page.Read(page).Quoted()
            where Setting().IsMatch(text) && sections.Contains(text.Split(':')[0])
            where !Read.Keys.Any(path => path == text || path.StartsWith($"{text}:", StringComparison.Ordinal))
            select $"{page}: {text}");
    }

    /// <summary>What API, worker and Standalone bind, in either of their forms.</summary>
    private static IEnumerable<SettingsSection> Sections()
    {
        var builder = WebApplication.CreateBuilder(["--Database:Password=x", "--RabbitMq:Password=x"]);
        builder.AddMessaging(x =>
        {
            x.AddWorkerConsumers();
            x.AddApiConsumers();
        });
        builder.AddFiles();
        builder.AddSmtpMail();
        builder.AddApi();
        builder.AddStandaloneOptions();
        builder.AddTelemetry();
        return builder.Services
            .Where(service => service.ServiceType == typeof(SettingsSection))
            .Select(service => (SettingsSection)service.ImplementationInstance!)
            .Append(SecretFiles.Known)
            .DistinctBy(section => (section.Name, section.Type));
    }

    private static IEnumerable<(string Path, Type Type, object? Default)> Settings(string path, Type type, object? value) =>
        SettingsModel.PropertiesOf(type).SelectMany(property =>
        {
            var (name, inner) = ($"{path}:{property.Key}", property.Value);
            var held = value is null ? null : type.GetProperty(property.Key)!.GetValue(value);
            return SettingsModel.IsValue(inner) ? [(name, inner, held)]
                : SettingsModel.EntryOf(inner) is not { } entry ? Settings(name, inner, held)
                : SettingsModel.IsValue(entry) ? [(name, inner, null)]
                : Settings($"{name}:{(SettingsModel.FirstOf(inner) == "0" ? "{n}" : SettingsModel.FirstOf(inner))}", entry, value: null);
        });

    private static bool IsDefault(string listed, Type type, object? value)
    {
        if (listed is NoDefault || value is null or "")
        {
            return listed is NoDefault && value is null or "";
        }

        var quoted = listed.Trim('`');
        return quoted == listed // in words: it depends on the machine
            || Equals(value, TypeDescriptor.GetConverter(type).ConvertFromInvariantString(quoted));
    }

    [GeneratedRegex(@"^[A-Z]\w+(:[\w{}]+)+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"^\| `(?<setting>[A-Z]\w+:[^`]+)` \| (?<default>[^|]*) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Row();
}
