"""Commits of public libraries that changed what a transformer, encoder or sampler gives, and what they edited."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Commit:
    """One commit, and the edits that are right to name."""

    repository: str
    """Where it is: `owner/name`."""
    sha: str
    """The commit, which is compared with the one before it."""
    edited: str
    """What it did, in our words."""
    only: tuple[str, ...]
    """Beginnings of what the guard observes: all of it would take minutes."""
    right: tuple[tuple[str, ...], ...]
    """Sets of edits that restore every value when nothing else is undone; names without the package's. None where too
    many edits move something to tell by hand.
    """

    @property
    def package(self) -> str:
        """The folder of its code."""
        return {"imbalanced-learn": "imblearn"}.get(self._name, self._name)

    @property
    def guard(self) -> str:
        """The module with its guard."""
        return self._name.replace("-", "_")

    @property
    def _name(self) -> str:
        return self.repository.rpartition("/")[2]


ENCODERS, SAMPLERS, FEATURES = (
    "scikit-learn-contrib/category_encoders",
    "scikit-learn-contrib/imbalanced-learn",
    "feature-engine/feature_engine",
)

COMMITS: tuple[Commit, ...] = (
    Commit(
        SAMPLERS, "ec272598", "BorderlineSMOTE-2 weights neighbours of other classes by a random number",
        ("BorderlineSMOTE", "SMOTENC"),
        (("over_sampling._smote.filter.BorderlineSMOTE._fit_resample",),
         ("over_sampling._smote.base.BaseSMOTE._generate_samples",),
         ("over_sampling._smote.base.BaseSMOTE._make_samples",)),
    ),
    Commit(
        SAMPLERS, "2f6b1f68", "SMOTENC divides the median by the root of 2", ("SMOTENC", "SMOTE("),
        (("over_sampling._smote.base.SMOTENC._fit_resample",),),
    ),
    Commit(
        SAMPLERS, "a8e44ae6", "SMOTENC takes the median of each class", ("SMOTENC", "SMOTE("),
        (("over_sampling._smote.base.SMOTENC._fit_resample", "over_sampling._smote.base.BaseSMOTE._make_samples",
          "over_sampling._smote.base.SMOTENC._generate_samples"),),
    ),
    Commit(
        SAMPLERS, "2859cb0c", "BorderlineSMOTE-2 samples from all rows", ("BorderlineSMOTE", "SMOTE("),
        (("over_sampling._smote.filter.BorderlineSMOTE._fit_resample",),),
    ),
    Commit(
        SAMPLERS, "b4faf5f5", "InstanceHardnessThreshold takes pipelines", ("InstanceHardness",),
        (("under_sampling._prototype_selection._instance_hardness_threshold.InstanceHardnessThreshold."
          "_validate_estimator",),),
    ),
    Commit(
        SAMPLERS, "599e24fb", "ClusterCentroids takes rows of the class itself", ("ClusterCentroids", "NearMiss"),
        (("under_sampling._prototype_generation._cluster_centroids.ClusterCentroids._fit_resample",),),
    ),
    Commit(
        SAMPLERS, "5be5670d", "the report uses the names of its classes", ("report", "geometric", "specificity"),
        (("metrics._classification.classification_report_imbalanced",),),
    ),
    Commit(
        ENCODERS, "fa9b350", "CatBoostEncoder weights the mean by its parameter", ("CatBoost", "LeaveOneOut"),
        (("cat_boost.CatBoostEncoder._transform",),),
    ),
    Commit(
        ENCODERS, "17add9f", "BaseNEncoder counts digits in whole numbers", ("BaseN", "Binary"),
        (("basen.BaseNEncoder.calc_required_digits",),),
    ),
    Commit(
        ENCODERS, "9961d65", "GLMMEncoder leaves the global random state as it was", ("GLMM", "Ordinal"),
        (("glmm.GLMMEncoder._train",),),
    ),
    Commit(
        ENCODERS, "bd12268", "RankHotEncoder inverts by the mapping of each column", ("RankHot", "Ordinal"),
        (("rankhot.RankHotEncoder.inverse_transform",),),
    ),
    Commit(
        ENCODERS, "86d4ce0", "contrast encoders give no intercept", ("Helmert", "Sum", "Ordinal"),
        (("base_contrast_encoder.BaseContrastEncoder.transform_contrast_coding",),),
    ),
    Commit(
        ENCODERS, "ece6cc6", "LeaveOneOutEncoder keeps the dtype of categories", ("LeaveOneOut", "Ordinal"),
        (("leave_one_out.LeaveOneOutEncoder.transform_leave_one_out",),),
    ),
    Commit(
        ENCODERS, "9a8e11b", "OrdinalEncoder checks mappings; RankHotEncoder inverts to missing values",
        ("Ordinal", "RankHot"), (("rankhot.RankHotEncoder.inverse_transform", "ordinal.OrdinalEncoder.__init__"),),
    ),
    Commit(
        ENCODERS, "7a4482e", "BaseNEncoder escapes column names in a pattern", ("BaseN", "Binary"),
        (("basen.BaseNEncoder.basen_to_integer",),),
    ),
    Commit(
        ENCODERS, "bb57b70", "OneHotEncoder gives missing values for missing ones", ("OneHot", "Ordinal"),
        (("one_hot.OneHotEncoder.generate_mapping", "one_hot.OneHotEncoder.fit"),),
    ),
    Commit(
        ENCODERS, "e8d12a2", "CountEncoder is written anew", ("Count", "Ordinal"),
        (("count.CountEncoder.fit", "ordinal.OrdinalEncoder.ordinal_encoding",
          "count.CountEncoder._fit_count_encode"),),
    ),
    Commit(
        FEATURES, "49e6d8f4", "LogCpTransformer adds a constant to what is not positive", ("Log", "Reciprocal"),
        (("transformation.log.LogCpTransformer.fit",),),
    ),
    Commit(
        FEATURES, "df1c737c", "ProbeFeatureSelection takes discrete probes", ("Probe", "SelectByShuffling"),
        (("selection.probe_feature_selection.ProbeFeatureSelection.__init__",),),
    ),
    Commit(
        FEATURES, "545b3650", "ProbeFeatureSelection ranks in further ways", ("Probe", "SelectBySingle"),
        (("selection.probe_feature_selection.ProbeFeatureSelection.fit",),),
    ),
    Commit(
        FEATURES, "3df5f39c", "recursive selectors keep standard deviations", ("Recursive", "SelectByShuffling"),
        (("selection.base_recursive_selector.BaseRecursiveSelector.fit",
          "selection.recursive_feature_elimination.RecursiveFeatureElimination.fit",
          "selection.recursive_feature_addition.RecursiveFeatureAddition.fit"),),
    ),
    Commit(
        FEATURES, "7850eca8", "discretisers include the lowest value", ("EqualF", "EqualW", "Geometric", "Arbitrary"),
        (("discretisation.base_discretiser.BaseDiscretiser.transform",),),
    ),
    Commit(
        FEATURES, "4d107e1e", "outlier limits have another default for each method", ("Winsorizer", "OutlierTrimmer"),
        (("outliers.base_outlier.WinsorizerBase.__init__",),),
    ),
    Commit(
        FEATURES, "1aa6807e", "RelativeFeatures fills divisions by zero", ("RelativeFeatures", "MathFeatures"),
        (("creation.relative_features.RelativeFeatures.__init__", "creation.relative_features.RelativeFeatures._div"),),
    ),
    Commit(
        FEATURES, "1a090ba3", "correlation selectors are deterministic", ("Smart", "DropCorrelated"),
        (("selection.drop_correlated_features.DropCorrelatedFeatures.fit",
          "selection.smart_correlation_selection.SmartCorrelatedSelection.fit"),),
    ),
    Commit(
        SAMPLERS, "6622afbd", "NeighbourhoodCleaningRule as it was published", ("Neighbourhood", "EditedNearest"),
        (("under_sampling._prototype_selection._neighbourhood_cleaning_rule.NeighbourhoodCleaningRule."
          "_validate_estimator",
          "under_sampling._prototype_selection._neighbourhood_cleaning_rule.NeighbourhoodCleaningRule._fit_resample"),),
    ),
    Commit(
        FEATURES, "93cb37b6", "MeanEncoder takes the prior for unseen categories",
        ("MeanEncoder", "CountFrequency", "OrdinalEncoder"),
        (("encoding.mean_encoding.MeanEncoder.__init__",),),  # By hand it restores 9 of 10 values.
    ),
    Commit(
        FEATURES, "389b5159", "DecisionTreeEncoder is written anew", ("DecisionTree",), (),
    ),
    Commit(
        FEATURES, "f36e0f37", "outlier limits may be chosen by the method", ("Winsorizer", "OutlierTrimmer", "EndTail"),
        (("outliers.base_outlier.WinsorizerBase.fit", "outliers.base_outlier.WinsorizerBase.__init__",
          "outliers.winsorizer.Winsorizer.__init__"),),
    ),
)  # fmt: skip
