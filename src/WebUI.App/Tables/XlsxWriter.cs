using System.Globalization;
using System.IO.Compression;
using System.Xml;

namespace Evergrain.WebUI.App.Tables;

/// <summary>Writes one sheet as XLSX (ECMA-376): the four parts that every reader asks for, cells as inline strings and numbers. By hand: the libraries that write
/// workbooks are larger than the whole page.</summary>
internal static class XlsxWriter
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string OfficeRelations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>Excel's own limit for a cell.</summary>
    private const int LongestCell = 32_767;

    /// <param name="rows">Cells in order; those of <paramref name="numbers"/> hold a number or nothing.</param>
    /// <param name="numbers">Columns to write as numbers.</param>
    /// <param name="slices">Lets the browser paint.</param>
    public static async Task<byte[]> WriteAsync(IEnumerable<string[]> rows, IReadOnlySet<int> numbers, Slices slices)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Part(zip, "[Content_Types].xml", """
                <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>
                """);
            Part(zip, "_rels/.rels", $"""<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{OfficeRelations}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            Part(zip, "xl/workbook.xml", $"""<workbook xmlns="{Main}" xmlns:r="{OfficeRelations}"><sheets><sheet name="Evergrain" sheetId="1" r:id="rId1"/></sheets></workbook>""");
            Part(zip, "xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{OfficeRelations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""");
            using var xml = XmlWriter.Create(zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open(), new XmlWriterSettings { CloseOutput = true });
            xml.WriteStartElement("worksheet", Main);
            xml.WriteStartElement("sheetData", Main);
            var count = 0;
            foreach (var row in rows)
            {
                xml.WriteStartElement("row", Main);
                for (var i = 0; i < row.Length; i++) Cell(xml, row[i], count > 0 && numbers.Contains(i));
                xml.WriteEndElement();
                if (++count % 200 == 0) await slices.BreatheAsync();
            }
        }

        return stream.ToArray();
    }

    private static void Cell(XmlWriter xml, string text, bool number)
    {
        xml.WriteStartElement("c", Main);
        if (number && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            xml.WriteElementString("v", Main, text);
        }
        else if (text.Length > 0)
        {
            xml.WriteAttributeString("t", "inlineStr");
            xml.WriteStartElement("is", Main);
            xml.WriteStartElement("t", Main);
            xml.WriteAttributeString("xml", "space", null, "preserve");
            xml.WriteString(Valid(FormulaCells.Escape(text)));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>XML has no place for most control characters and for half a surrogate pair.</summary>
    private static string Valid(string text)
    {
        if (text.Length > LongestCell) text = text[..LongestCell];
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i])) continue;
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i])) i++;
            else return string.Concat(text.Select((c, j) => XmlConvert.IsXmlChar(c) || IsPaired(text, j) ? c : '\uFFFD'));
        }

        return text;
    }

    private static bool IsPaired(string text, int i)
        => char.IsHighSurrogate(text[i]) ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) : char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1]);

    private static void Part(ZipArchive zip, string name, string xml)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name, CompressionLevel.Fastest).Open());
        writer.Write("""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""" + xml.Trim());
    }
}
